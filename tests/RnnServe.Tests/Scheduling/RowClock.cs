namespace RnnServe.Tests.Scheduling;

/// <summary>A second for each row of each step.</summary>
internal sealed class RowClock : TimeProvider
{
    public long Rows { get; set; }

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => Rows;
}
