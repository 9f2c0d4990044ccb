using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;

namespace RnnServe.Training.Kinds.Distil;

/// <summary>Views of photos with what the teacher says of the same views: image [B, 3, size, size], teacher [B, C, grid, grid].</summary>
/// <remarks>The teacher runs when a batch is taken, on all cores, between two steps of the training.</remarks>
internal sealed class DistillationBatches(PhotoBatches photos, Teacher teacher) : IBatchSource, IDisposable
{
    public int Count(int epoch) => photos.Count;

    public IEnumerable<Batch> Epoch(int epoch, int skip) => photos.Epoch(epoch, skip).Select(WithTeacher);

    public IEnumerable<Batch> Validation() => photos.Validation().Select(WithTeacher);

    public void Dispose() => teacher.Dispose();

    private Batch WithTeacher(Batch batch)
    {
        var features = teacher.Features(batch.Inputs["image"]);
        var inputs = new Dictionary<string, Tensor>(batch.Inputs, StringComparer.Ordinal) { ["teacher"] = features };
        return batch with { Inputs = inputs };
    }
}
