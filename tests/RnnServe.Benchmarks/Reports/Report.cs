using System.CommandLine;
using System.Text;
using RnnServe.Training.Drawings;

namespace RnnServe.Benchmarks;

/// <summary>What a command measured, in Markdown: printed as it comes, and saved as the same text where a folder is given.</summary>
/// <param name="name">Name of the file, without its ending.</param>
/// <param name="folder">Where it is saved; null: nowhere.</param>
internal sealed class Report(string name, DirectoryInfo? folder)
{
    private readonly StringBuilder text = new();
    private bool blank = true;

    /// <summary>Begins a report with what was measured, where and by which command.</summary>
    /// <param name="command">Name of the command.</param>
    /// <param name="subject">What it measured: a model or a recipe.</param>
    /// <param name="arguments">Of the command; <see cref="CommonOptions.Output"/> says whether the report is saved.</param>
    public static Report Start(string command, string subject, ParseResult arguments)
    {
        string name = subject.Length > 0 ? $"{command}-{subject}" : command;
        var report = new Report(name, arguments.GetValue(CommonOptions.Output));
        report.Apart($"# {(subject.Length > 0 ? $"{command}: {subject}" : command)}");
        report.Header("measured", "on");
        foreach (var (what, found) in Machine.Facts())
            report.Row(what, found);
        return report;
    }

    /// <summary>Writes a paragraph.</summary>
    public void Say(string paragraph) => Apart(paragraph);

    /// <summary>Begins a section.</summary>
    public void Section(string heading) => Apart($"## {heading}");

    /// <summary>Begins a table.</summary>
    public void Header(params IReadOnlyList<string> columns)
    {
        Line("");
        Row(columns);
        Row([.. columns.Select(_ => "---")]);
    }

    /// <summary>Adds a row to the table.</summary>
    public void Row(params IReadOnlyList<string> cells) => Line($"| {string.Join(" | ", cells)} |");

    /// <summary>Shows a picture beside the text; without a folder there is none.</summary>
    /// <param name="what">Distinguishes it from the report's other pictures.</param>
    /// <param name="chart">What it shows.</param>
    public void Picture(string what, Chart chart)
    {
        if (folder is null)
            return;
        string file = $"{name}-{what}.svg";
        folder.Create();
        File.WriteAllText(Path.Combine(folder.FullName, file), SvgChart.Draw(chart));
        Apart($"![{chart.Title}]({file})");
    }

    /// <summary>Writes the file: only what was measured to its end is kept.</summary>
    public void Save()
    {
        if (folder is null)
            return;
        folder.Create();
        string path = Path.Combine(folder.FullName, name + ".md");
        File.WriteAllText(path, text.ToString());
        Console.Error.WriteLine($"Saved as {path}.");
    }

    private void Apart(string line)
    {
        Line("");
        Line(line);
        Line("");
    }

    private void Line(string line)
    {
        // Markdown wants one empty line between its parts; two are none better.
        if (blank && line.Length == 0)
            return;
        blank = line.Length == 0;
        Console.WriteLine(line);
        text.AppendLine(line);
    }
}
