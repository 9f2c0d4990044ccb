using System.Runtime.Intrinsics;

namespace RnnServe.Inference.Search;

/// <summary>The few vector operations of <see cref="TopK"/>, so that one algorithm serves every width.</summary>
/// <remarks>Implementations are structs: the JIT compiles the algorithm once for each, without calls.</remarks>
internal interface ILanes<TSelf> where TSelf : struct, ILanes<TSelf>
{
    static abstract int Count { get; }

    static abstract TSelf Load(ReadOnlySpan<float> source);

    static abstract TSelf Create(float value);

    /// <summary>The greater one; NaN where b is. Where only a is NaN: b, or on Arm64 NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    static abstract TSelf Floor(TSelf a);

    /// <summary>a x b + c, fused where the machine can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>2 to the power of lanes that hold whole numbers in -126..127.</summary>
    static abstract TSelf PowerOfTwo(TSelf exponent);

    /// <summary>Bit i is set where lane i of a is greater than lane i of b.</summary>
    static abstract uint Greater(TSelf a, TSelf b);

    float MaxAcross();

    float SumAcross();
}

internal readonly struct Lanes512(Vector512<float> v) : ILanes<Lanes512>
{
    private readonly Vector512<float> v = v;

    public static int Count => 16;
    public static Lanes512 Load(ReadOnlySpan<float> source) => new(Vector512.Create(source));
    public static Lanes512 Create(float value) => new(Vector512.Create(value));
    public static Lanes512 Max(Lanes512 a, Lanes512 b) => new(Vector512.MaxNative(a.v, b.v));
    public static Lanes512 Floor(Lanes512 a) => new(Vector512.Floor(a.v));
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) => new(Vector512.MultiplyAddEstimate(a.v, b.v, c.v));
    public static Lanes512 operator +(Lanes512 a, Lanes512 b) => new(a.v + b.v);
    public static Lanes512 operator -(Lanes512 a, Lanes512 b) => new(a.v - b.v);
    public static Lanes512 operator *(Lanes512 a, Lanes512 b) => new(a.v * b.v);
    public static Lanes512 PowerOfTwo(Lanes512 exponent) =>
        new(((Vector512.ConvertToInt32Native(exponent.v) + Vector512.Create(127)) << 23).AsSingle());
    public static uint Greater(Lanes512 a, Lanes512 b) => (uint)Vector512.GreaterThan(a.v, b.v).ExtractMostSignificantBits();
    public float MaxAcross() => new Lanes256(Vector256.MaxNative(v.GetLower(), v.GetUpper())).MaxAcross();
    public float SumAcross() => Vector512.Sum(v);
}

internal readonly struct Lanes256(Vector256<float> v) : ILanes<Lanes256>
{
    private readonly Vector256<float> v = v;

    public static int Count => 8;
    public static Lanes256 Load(ReadOnlySpan<float> source) => new(Vector256.Create(source));
    public static Lanes256 Create(float value) => new(Vector256.Create(value));
    public static Lanes256 Max(Lanes256 a, Lanes256 b) => new(Vector256.MaxNative(a.v, b.v));
    public static Lanes256 Floor(Lanes256 a) => new(Vector256.Floor(a.v));
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) => new(Vector256.MultiplyAddEstimate(a.v, b.v, c.v));
    public static Lanes256 operator +(Lanes256 a, Lanes256 b) => new(a.v + b.v);
    public static Lanes256 operator -(Lanes256 a, Lanes256 b) => new(a.v - b.v);
    public static Lanes256 operator *(Lanes256 a, Lanes256 b) => new(a.v * b.v);
    public static Lanes256 PowerOfTwo(Lanes256 exponent) =>
        new(((Vector256.ConvertToInt32Native(exponent.v) + Vector256.Create(127)) << 23).AsSingle());
    public static uint Greater(Lanes256 a, Lanes256 b) => Vector256.GreaterThan(a.v, b.v).ExtractMostSignificantBits();
    public float MaxAcross() => new Lanes128(Vector128.MaxNative(v.GetLower(), v.GetUpper())).MaxAcross();
    public float SumAcross() => Vector256.Sum(v);
}

internal readonly struct Lanes128(Vector128<float> v) : ILanes<Lanes128>
{
    private readonly Vector128<float> v = v;

    public static int Count => 4;
    public static Lanes128 Load(ReadOnlySpan<float> source) => new(Vector128.Create(source));
    public static Lanes128 Create(float value) => new(Vector128.Create(value));
    public static Lanes128 Max(Lanes128 a, Lanes128 b) => new(Vector128.MaxNative(a.v, b.v));
    public static Lanes128 Floor(Lanes128 a) => new(Vector128.Floor(a.v));
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) => new(Vector128.MultiplyAddEstimate(a.v, b.v, c.v));
    public static Lanes128 operator +(Lanes128 a, Lanes128 b) => new(a.v + b.v);
    public static Lanes128 operator -(Lanes128 a, Lanes128 b) => new(a.v - b.v);
    public static Lanes128 operator *(Lanes128 a, Lanes128 b) => new(a.v * b.v);
    public static Lanes128 PowerOfTwo(Lanes128 exponent) =>
        new(((Vector128.ConvertToInt32Native(exponent.v) + Vector128.Create(127)) << 23).AsSingle());
    public static uint Greater(Lanes128 a, Lanes128 b) => Vector128.GreaterThan(a.v, b.v).ExtractMostSignificantBits();
    public float MaxAcross()
    {
        var halves = Vector128.MaxNative(v, Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(halves, Vector128.Shuffle(halves, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    public float SumAcross() => Vector128.Sum(v);
}

internal readonly struct Lanes1(float v) : ILanes<Lanes1>
{
    private readonly float v = v;

    public static int Count => 1;
    public static Lanes1 Load(ReadOnlySpan<float> source) => new(source[0]);
    public static Lanes1 Create(float value) => new(value);
    public static Lanes1 Max(Lanes1 a, Lanes1 b) => new(a.v > b.v ? a.v : b.v);
    public static Lanes1 Floor(Lanes1 a) => new(MathF.Floor(a.v));
    public static Lanes1 MultiplyAdd(Lanes1 a, Lanes1 b, Lanes1 c) => new((a.v * b.v) + c.v);
    public static Lanes1 operator +(Lanes1 a, Lanes1 b) => new(a.v + b.v);
    public static Lanes1 operator -(Lanes1 a, Lanes1 b) => new(a.v - b.v);
    public static Lanes1 operator *(Lanes1 a, Lanes1 b) => new(a.v * b.v);
    public static Lanes1 PowerOfTwo(Lanes1 exponent) => new(BitConverter.Int32BitsToSingle(((int)exponent.v + 127) << 23));
    public static uint Greater(Lanes1 a, Lanes1 b) => a.v > b.v ? 1u : 0u;
    public float MaxAcross() => v;
    public float SumAcross() => v;
}
