namespace RnnServe.Training.Data;

/// <summary>The batches of a training: a pure function of the epoch and, where the model writes its own targets, of the weights at the
/// moment when a batch is asked for. So a resumed training sees the same ones, as long as each is asked for after the step of the one
/// before.</summary>
internal interface IBatchSource
{
    /// <summary>Number of batches in an epoch.</summary>
    /// <param name="epoch">Number of the epoch, from 1.</param>
    int Count(int epoch);

    /// <summary>The batches of an epoch in order; the caller disposes each.</summary>
    /// <param name="epoch">Number of the epoch, from 1.</param>
    /// <param name="skip">Batches to leave out at the start, without making them.</param>
    IEnumerable<Batch> Epoch(int epoch, int skip);

    /// <summary>The validation data, always in the same batches; the caller disposes each.</summary>
    IEnumerable<Batch> Validation();
}
