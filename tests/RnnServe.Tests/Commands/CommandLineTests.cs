using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RnnServe.Inference.Onnx;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Commands;

/// <summary>The program as a user runs it: arguments in; exit code, output and errors out.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rnnserve-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("train"), InlineData("evaluate"), InlineData("export"), InlineData("inspect")]
    public async Task Every_command_explains_itself(string command)
    {
        var (code, output, _) = await TrainingProgram.RunAsync(command, "--help");

        Assert.Equal(0, code);
        Assert.Contains($"RnnServe.Training {command}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_scores_a_file_and_prints_the_signature()
    {
        string hypotheses = Write("hyp", "A cat sits on the mat .\nDogs run ."), references = Write("ref", "a cat sits on the mat .\ndogs run .\n");

        var (code, output, _) = await TrainingProgram.RunAsync("evaluate", "--hypotheses", hypotheses, "--references", references, "--lowercase");

        Assert.Equal(0, code);
        Assert.StartsWith("BLEU = 100.00 100.0/100.0/100.0/100.0", output, StringComparison.Ordinal);
        Assert.Contains("nrefs:1|case:lc|eff:no|tok:13a|smooth:exp|version:rnnserve-", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_through_a_server_sends_arrays_of_texts_and_keeps_their_order()
    {
        var requests = new List<JsonElement>();
        await using var server = WebApplication.Create();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapPost("/v1/translate", (JsonElement request) =>
        {
            requests.Add(request);
            return Results.Json(new { translations = request.GetProperty("text").EnumerateArray().Select(t => new { text = t.GetString()!.ToUpperInvariant() }) });
        });
        await server.StartAsync();
        string[] texts = [.. Enumerable.Range(0, 150).Select(i => i == 70 ? "" : $"a text with the number {i}")];
        string source = Write("src", string.Join('\n', texts)), references = Write("ref", string.Join('\n', texts).ToUpperInvariant());

        var (code, output, errors) = await TrainingProgram.RunAsync(
            "evaluate", "--source", source, "-r", references, "--server", server.Urls.First(), "--model", "m", "--beam", "3", "-o", In("out"));

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("BLEU = 100.00", output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllLines(references), File.ReadAllLines(In("out")));
        Assert.Equal([64, 64, 21], requests.Select(r => r.GetProperty("text").GetArrayLength()));
        Assert.All(requests, r => Assert.Equal(("m", 3), (r.GetProperty("model").GetString(), r.GetProperty("beamSize").GetInt32())));
        Assert.False(requests[0].TryGetProperty("lengthPenalty", out _));
    }

    [Fact]
    public async Task What_the_server_refuses_is_passed_on()
    {
        await using var server = WebApplication.Create();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapPost("/v1/translate", () => Results.Problem("No model is named 'm'.", statusCode: 404));
        await server.StartAsync();
        string file = Write("a", "x");

        var (code, _, errors) = await TrainingProgram.RunAsync("evaluate", "--source", file, "-r", file, "--server", server.Urls.First());

        Assert.Equal(1, code);
        Assert.Contains("answered 404: No model is named 'm'.", Line(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_are_one_line_without_a_stack_trace()
    {
        string one = Write("one", "a"), two = Write("two", "a\nb"), recipe = Write("recipe.json", "{ \"task\": \"translate\", \"nmae\": \"x\" }");
        string bundle = TinyBundle.Create(folder.FullName, "tiny");

        await Fails(1, "There are 1 translations but 2 references.", "evaluate", "--hypotheses", one, "-r", two);
        await Fails(1, "Give either --hypotheses, or --source", "evaluate", "-r", two);
        await Fails(1, "--source needs --model", "evaluate", "--source", one, "-r", one);
        await Fails(1, "--server is 'localhost:5000'; it must be an address", "evaluate", "--source", one, "-r", one, "--server", "localhost:5000");
        await Fails(2, "Could not find file", "evaluate", "--hypotheses", In("absent"), "-r", two);
        await Fails(2, "nmae: found an unknown field, expected a known one such as 'name'.", "train", recipe);
        await Fails(2, "is not an ONNX model", "inspect", one);
        await Fails(1, "There is no folder", "export", In("absent"));
        await Fails(1, "holds no training that was validated", "export", folder.FullName);
        await Fails(1, "beamSize is 99, but must be an integer from 1 to 16 for the model", "evaluate", "--source", one, "-r", one, "--model", bundle, "--beam", "99");
        await Fails(1, "There is no file or folder", "inspect", In("absent"));

        async Task Fails(int expected, string message, params string[] arguments)
        {
            var (code, _, errors) = await TrainingProgram.RunAsync(arguments);
            Assert.Equal(expected, code);
            Assert.Contains(message, Line(errors), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Inspect_counts_operators_and_weights_of_a_graph_and_of_the_graphs_inside()
    {
        var body = new GraphProto { Node = { new NodeProto { OpType = "Tanh" }, new NodeProto { OpType = "Add" } } };
        var scan = new NodeProto { OpType = "Scan", Attribute = { new AttributeProto { Name = "body", G = body } } };
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "B" }, new TensorShapeProto.Types.Dimension { DimValue = 7 } } };
        var input = new ValueInfoProto { Name = "x", Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } } };
        var graph = new GraphProto { Node = { scan, new NodeProto { OpType = "Add" } }, Input = { input } };
        graph.Initializer.Add(new TensorProto { Name = "w", DataType = 10, Dims = { 3, 5 } });
        var model = new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 17 } } };
        File.WriteAllBytes(In("g.onnx"), model.ToByteArray());

        var (code, output, _) = await TrainingProgram.RunAsync("inspect", In("g.onnx"));

        Assert.Equal(0, code);
        Assert.Contains("operator sets: ai.onnx 17", output, StringComparison.Ordinal);
        Assert.Contains("input      x  Float [B, 7]", output, StringComparison.Ordinal);
        Assert.Contains("15 values in 1 tensors: 15 Float16", output, StringComparison.Ordinal);
        Assert.Contains("4 nodes of 3 kinds", output, StringComparison.Ordinal);
        Assert.Contains("2 x Add", output, StringComparison.Ordinal);
    }

    private static string Line(string errors) => Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private string In(string name) => Path.Combine(folder.FullName, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return In(name);
    }
}
