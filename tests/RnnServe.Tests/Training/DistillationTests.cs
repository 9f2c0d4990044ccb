using RnnServe.Inference.Onnx;
using RnnServe.Training;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Training;

public sealed class DistillationTests
{
    [Fact]
    public void A_network_learns_the_features_of_a_teacher_and_is_exported_with_the_features_it_was_trained_to_give()
    {
        using var project = new DistillationProject("\"epochs\": 25, \"validateEvery\": 5");

        Assert.Equal(TrainingOutcome.Finished, project.Train("run"));

        // 1 is what a network that has learnt nothing but means has.
        var validations = TrainingLog.Read(project.In("run", "log.jsonl")).Where(e => e.ValidationLoss is not null).ToList();
        Assert.InRange(validations[^1].ValidationLoss!.Value, 0, 0.3);
        Assert.True(validations[^1].ValidationLoss < validations[0].ValidationLoss / 2);

        using var said = new StringWriter();
        string file = project.Export("run", said);
        Assert.Equal(project.In("run", "features.onnx"), file);
        Assert.Contains("equal the training graph's to", said.ToString(), StringComparison.Ordinal);
        using var exported = new Session(file);
        Assert.Equal([-1, 3, 32, 32], Assert.Single(exported.Inputs).Shape);
        Assert.Equal([-1, 16, 2, 2], Assert.Single(exported.Outputs).Shape);
        Assert.Equal(["image", "features"], [exported.Inputs[0].Name, exported.Outputs[0].Name]);
    }

    [Fact]
    public void Stopped_after_every_step_and_resumed_it_ends_with_the_same_bytes()
    {
        using var project = new DistillationProject("\"epochs\": 2, \"validateEvery\": 1", photos: 27);
        project.Train("whole");

        int stops = SteppedTraining.StopAfterEveryStep(project.Recipe, project.In("stopped"));

        // 3 whole batches an epoch, and behind the first epoch's validation; running averages and the teacher's statistics are in the checkpoint too.
        Assert.Equal(7, stops);
        Assert.Equal(File.ReadAllBytes(project.In("whole", "latest.ckpt")), File.ReadAllBytes(project.In("stopped", "latest.ckpt")));
        Assert.Equal(File.ReadAllBytes(project.In("whole", "best.ckpt")), File.ReadAllBytes(project.In("stopped", "best.ckpt")));
    }

    [Fact]
    public void A_teacher_that_does_not_fit_is_refused_with_what_was_found()
    {
        using var absent = new DistillationProject("\"epochs\": 1", photos: 8, output: "feat");
        using var coarse = new DistillationProject("\"epochs\": 1", photos: 8, output: "mean");

        Assert.Contains("the outputs means, mean;", Assert.Throws<UserException>(() => absent.Train("run")).Message, StringComparison.Ordinal);
        Assert.Contains("is [4, 1, 1]", Assert.Throws<UserException>(() => coarse.Train("run")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_photo_stops_the_training_with_its_path()
    {
        using var project = new DistillationProject("\"epochs\": 1", photos: 8);
        File.WriteAllBytes(project.In("photos", "010.png"), [1, 2, 3]);

        var error = Assert.Throws<InvalidDataException>(() => project.Train("run"));

        Assert.Contains("010.png", error.Message, StringComparison.Ordinal);
    }
}
