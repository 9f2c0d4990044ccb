using RnnServe.Training.Metrics;

namespace RnnServe.Training;

/// <summary>Draws the course of a training from its log.</summary>
internal static class TrainingPlots
{
    /// <summary>Writes the loss curves, and the BLEU curve when BLEU was measured, into the run's folder.</summary>
    public static void Write(RunFolder folder, string name)
    {
        var validations = TrainingLog.Read(folder.Log).Where(entry => entry.ValidationLoss is not null).ToList();
        var loss = new Chart($"{name}: loss per target token", "epoch", "loss", [
            new Curve("training, with dropout", [.. validations.Select(v => ((double)v.Epoch, v.Loss))]),
            new Curve("validation", [.. validations.Select(v => ((double)v.Epoch, v.ValidationLoss!.Value))]),
        ]);
        File.WriteAllText(folder.LossPlot, SvgChart.Draw(loss));

        var scored = validations.Where(v => v.Bleu is not null).ToList();
        if (scored.Count == 0)
            return;

        var bleu = new Chart($"{name}: BLEU on the validation data", "epoch", "BLEU", [
            new Curve("BLEU", [.. scored.Select(v => ((double)v.Epoch, v.Bleu!.Value))]),
        ]);
        File.WriteAllText(folder.BleuPlot, SvgChart.Draw(bleu));
    }
}
