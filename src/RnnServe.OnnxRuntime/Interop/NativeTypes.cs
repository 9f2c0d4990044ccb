namespace RnnServe.OnnxRuntime.Interop;

/// <summary>Reads what ONNX Runtime knows about values.</summary>
internal static unsafe class NativeTypes
{
    /// <summary>Type and shape of a tensor.</summary>
    internal static (ElementType Type, long[] Shape) OfValue(nint value)
    {
        nint info;
        NativeApi.Check(NativeApi.GetTensorType(value, &info));
        try
        {
            return (ReadType(info), ReadShape(info));
        }
        finally
        {
            NativeApi.ReleaseTensorInfo(info);
        }
    }

    /// <summary>All inputs of a session.</summary>
    internal static ValueInfo[] Inputs(nint session)
    {
        nuint count;
        NativeApi.Check(NativeApi.GetInputCount(session, &count));
        return Read(session, count, &NativeApi.GetInputName, &NativeApi.GetInputType);
    }

    /// <summary>All outputs of a session.</summary>
    internal static ValueInfo[] Outputs(nint session)
    {
        nuint count;
        NativeApi.Check(NativeApi.GetOutputCount(session, &count));
        return Read(session, count, &NativeApi.GetOutputName, &NativeApi.GetOutputType);
    }

    private static ValueInfo[] Read(
        nint session, nuint count, delegate*<nint, nuint, nint, byte**, nint> getName, delegate*<nint, nuint, nint*, nint> getType)
    {
        nint allocator;
        NativeApi.Check(NativeApi.GetDefaultAllocator(&allocator));
        var values = new ValueInfo[(int)count];
        for (nuint i = 0; i < count; i++)
        {
            byte* text;
            NativeApi.Check(getName(session, i, allocator, &text));
            var name = NativeText.Read(text);
            NativeApi.Check(NativeApi.FreeByAllocator(allocator, text));

            nint type;
            NativeApi.Check(getType(session, i, &type));
            try
            {
                values[i] = Describe(name, type);
            }
            finally
            {
                NativeApi.ReleaseTypeInfo(type);
            }
        }

        return values;
    }

    private static ValueInfo Describe(string name, nint typeInfo)
    {
        nint tensor;   // a view into typeInfo: not to be released
        NativeApi.Check(NativeApi.AsTensorInfo(typeInfo, &tensor));
        if (tensor == 0)
            throw new NotSupportedException($"'{name}' is not a tensor; sequences, maps and optional values are not supported.");

        var type = ReadType(tensor);
        if (!Enum.IsDefined(type))
            throw new NotSupportedException($"'{name}' has elements of ONNX type {(int)type}, which is not supported.");

        var shape = ReadShape(tensor);
        var names = new string?[shape.Length];
        var texts = stackalloc byte*[Math.Max(shape.Length, 1)];
        NativeApi.Check(NativeApi.GetSymbolicShape(tensor, texts, (nuint)shape.Length));
        for (int i = 0; i < names.Length; i++) names[i] = texts[i] is null || *texts[i] == 0 ? null : NativeText.Read(texts[i]);
        return new ValueInfo(name, type, shape, names);
    }

    private static ElementType ReadType(nint tensorInfo)
    {
        int type;
        NativeApi.Check(NativeApi.GetElementType(tensorInfo, &type));
        return (ElementType)type;
    }

    private static long[] ReadShape(nint tensorInfo)
    {
        nuint rank;
        NativeApi.Check(NativeApi.GetRank(tensorInfo, &rank));
        var shape = new long[(int)rank];
        fixed (long* sizes = shape) NativeApi.Check(NativeApi.GetShape(tensorInfo, sizes, rank));
        return shape;
    }
}
