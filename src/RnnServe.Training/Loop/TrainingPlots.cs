using RnnServe.Training.Drawings;

namespace RnnServe.Training.Loop;

/// <summary>Draws the course of a training from its log.</summary>
internal static class TrainingPlots
{
    /// <summary>Writes the loss curves, and the score's curve when there is a score, into the run's folder.</summary>
    public static void Write(RunFolder folder, string name, LossUnit unit)
    {
        var validations = TrainingLog.Read(folder.Log).Where(entry => entry.ValidationLoss is not null).ToList();
        var loss = new Chart($"{name}: loss per {unit.Name}", "epoch", "loss", [
            new Curve("training, with dropout", [.. validations.Select(v => ((double)v.Epoch, v.Loss))]),
            new Curve("validation", [.. validations.Select(v => ((double)v.Epoch, v.ValidationLoss!.Value))]),
        ]);
        File.WriteAllText(folder.LossPlot, SvgChart.Draw(loss));

        var scored = validations.Where(v => v.Score is not null).ToList();
        if (scored.Count == 0)
            return;

        string score = scored[^1].ScoreName!;
        var scores = new Chart($"{name}: {score} on the validation data", "epoch", score, [
            new Curve(score, [.. scored.Select(v => ((double)v.Epoch, v.Score!.Value))]),
        ]);
        File.WriteAllText(folder.ScorePlot, SvgChart.Draw(scores));
    }
}
