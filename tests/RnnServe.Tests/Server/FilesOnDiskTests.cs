using Google.Protobuf;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server;

/// <summary>Whether a process depends on the files that its models came from: a mapped file that is cut short would end it.</summary>
public class FilesOnDiskTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_server_outlives_the_files_of_its_models_also_weights_beside_the_graphs(bool outside)
    {
        using var models = new ModelFolder();
        string folder = models.Add("tiny", "en", "de").Path;
        if (outside)
            MoveWeightsOut(folder);
        using var server = new ServerProcess("--Models:Folder", models.Path);
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);
        var model = new ServedModel(client);
        var before = await model.AnswerAsync();

        foreach (string file in Directory.GetFiles(folder))
        {
            await using var cut = new FileStream(file, FileMode.Truncate);
            cut.WriteByte(7);
        }

        Assert.Equal(before, await model.AnswerAsync());
        await RunningServer.OkAsync(await model.AskAsync("""{ "text": "zyx wvu tsr qpo nml.", "beamSize": 16, "model": "tiny" }"""));
        await model.ReloadAsync();
        Assert.Equal(before, await model.AnswerAsync());
    }

    /// <summary>Puts the numbers of both graphs into a file of their own.</summary>
    private static void MoveWeightsOut(string folder)
    {
        using (var weights = File.Create(Path.Combine(folder, "weights.bin")))
        {
            foreach (string path in (string[])["encoder.onnx", "decoder.onnx"])
            {
                string file = Path.Combine(folder, path);
                var graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(file));
                foreach (var tensor in graph.Graph.Initializer.Where(tensor => tensor.FloatData.Count > 0))
                {
                    byte[] data = [.. tensor.FloatData.SelectMany(BitConverter.GetBytes)];
                    tensor.DataLocation = TensorProto.Types.DataLocation.External;
                    foreach (var (key, value) in new[] { ("location", "weights.bin"), ("offset", $"{weights.Position}"), ("length", $"{data.Length}") })
                        tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
                    tensor.FloatData.Clear();
                    weights.Write(data);
                    weights.SetLength((weights.Length + 4095) / 4096 * 4096);
                    weights.Position = weights.Length;
                }

                File.WriteAllBytes(file, graph.ToByteArray());
            }
        }

        TinyBundle.Edit(folder, manifest => manifest with { Files = [.. manifest.Files, BundleFiles.Describe(folder, "weights.bin")] });
        TinyBundle.Rehash(folder);
    }
}
