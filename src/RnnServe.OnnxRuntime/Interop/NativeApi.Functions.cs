namespace RnnServe.OnnxRuntime.Interop;

// The function table in groups: one line a function, the number is its index.
internal static unsafe partial class NativeApi
{
    // Status.
    internal static int GetErrorCode(nint status) =>
        ((delegate* unmanaged[Cdecl]<nint, int>)Table[1])(status);

    internal static byte* GetErrorMessage(nint status) =>
        ((delegate* unmanaged[Cdecl]<nint, byte*>)Table[2])(status);

    internal static void ReleaseStatus(nint status) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[93])(status);

    // Environment, memory.
    internal static nint CreateEnvironment(int logLevel, byte* logId, nint threading, nint* environment) =>
        ((delegate* unmanaged[Cdecl]<int, byte*, nint, nint*, nint>)Table[119])(logLevel, logId, threading, environment);

    internal static nint DisableTelemetry(nint environment) =>
        ((delegate* unmanaged[Cdecl]<nint, nint>)Table[6])(environment);

    internal static void ReleaseEnvironment(nint environment) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[92])(environment);

    internal static nint CreateThreading(nint* threading) =>
        ((delegate* unmanaged[Cdecl]<nint*, nint>)Table[121])(threading);

    internal static nint SetGlobalIntraOpThreads(nint threading, int threads) =>
        ((delegate* unmanaged[Cdecl]<nint, int, nint>)Table[147])(threading, threads);

    internal static nint SetGlobalInterOpThreads(nint threading, int threads) =>
        ((delegate* unmanaged[Cdecl]<nint, int, nint>)Table[148])(threading, threads);

    internal static nint SetGlobalSpinning(nint threading, int spinning) =>
        ((delegate* unmanaged[Cdecl]<nint, int, nint>)Table[149])(threading, spinning);

    internal static void ReleaseThreading(nint threading) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[122])(threading);

    internal static nint CreateCpuMemoryInfo(int allocatorType, int memoryType, nint* info) =>
        ((delegate* unmanaged[Cdecl]<int, int, nint*, nint>)Table[69])(allocatorType, memoryType, info);

    internal static void ReleaseMemoryInfo(nint info) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[94])(info);

    internal static nint GetDefaultAllocator(nint* allocator) =>
        ((delegate* unmanaged[Cdecl]<nint*, nint>)Table[78])(allocator);

    internal static nint FreeByAllocator(nint allocator, void* memory) =>
        ((delegate* unmanaged[Cdecl]<nint, void*, nint>)Table[76])(allocator, memory);

    // Session options.
    internal static nint CreateSessionOptions(nint* options) =>
        ((delegate* unmanaged[Cdecl]<nint*, nint>)Table[10])(options);

    internal static nint SetOptimizedModelPath(nint options, byte* path) =>
        ((delegate* unmanaged[Cdecl]<nint, byte*, nint>)Table[11])(options, path);

    internal static nint EnableProfiling(nint options, byte* prefix) =>
        ((delegate* unmanaged[Cdecl]<nint, byte*, nint>)Table[14])(options, prefix);

    internal static nint EnableMemoryPattern(nint options) =>
        ((delegate* unmanaged[Cdecl]<nint, nint>)Table[16])(options);

    internal static nint DisableMemoryPattern(nint options) =>
        ((delegate* unmanaged[Cdecl]<nint, nint>)Table[17])(options);

    internal static nint EnableMemoryArena(nint options) =>
        ((delegate* unmanaged[Cdecl]<nint, nint>)Table[18])(options);

    internal static nint DisableMemoryArena(nint options) =>
        ((delegate* unmanaged[Cdecl]<nint, nint>)Table[19])(options);

    internal static nint SetOptimizationLevel(nint options, int level) =>
        ((delegate* unmanaged[Cdecl]<nint, int, nint>)Table[23])(options, level);

    internal static nint SetIntraOpThreads(nint options, int threads) =>
        ((delegate* unmanaged[Cdecl]<nint, int, nint>)Table[24])(options, threads);

    internal static nint SetInterOpThreads(nint options, int threads) =>
        ((delegate* unmanaged[Cdecl]<nint, int, nint>)Table[25])(options, threads);

    internal static nint UseGlobalThreads(nint options) =>
        ((delegate* unmanaged[Cdecl]<nint, nint>)Table[120])(options);

    internal static nint AddSessionSetting(nint options, byte* key, byte* value) =>
        ((delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)Table[130])(options, key, value);

    internal static void ReleaseSessionOptions(nint options) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[100])(options);

    // Session.
    internal static nint CreateSession(nint environment, byte* path, nint options, nint* session) =>
        ((delegate* unmanaged[Cdecl]<nint, byte*, nint, nint*, nint>)Table[7])(environment, path, options, session);

    internal static nint CreateSessionFromBytes(
        nint environment, byte* model, nuint length, nint options, nint* session) =>
        ((delegate* unmanaged[Cdecl]<nint, byte*, nuint, nint, nint*, nint>)Table[8])(environment, model, length, options, session);

    internal static nint GetInputCount(nint session, nuint* count) =>
        ((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)Table[30])(session, count);

    internal static nint GetOutputCount(nint session, nuint* count) =>
        ((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)Table[31])(session, count);

    internal static nint GetInputType(nint session, nuint index, nint* typeInfo) =>
        ((delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)Table[33])(session, index, typeInfo);

    internal static nint GetOutputType(nint session, nuint index, nint* typeInfo) =>
        ((delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)Table[34])(session, index, typeInfo);

    internal static nint GetInputName(nint session, nuint index, nint allocator, byte** name) =>
        ((delegate* unmanaged[Cdecl]<nint, nuint, nint, byte**, nint>)Table[36])(session, index, allocator, name);

    internal static nint GetOutputName(nint session, nuint index, nint allocator, byte** name) =>
        ((delegate* unmanaged[Cdecl]<nint, nuint, nint, byte**, nint>)Table[37])(session, index, allocator, name);

    internal static nint Run(
        nint session, nint runOptions, byte** inputNames, nint* inputs, nuint inputCount,
        byte** outputNames, nuint outputCount, nint* outputs) =>
        ((delegate* unmanaged[Cdecl]<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint>)Table[9])(
            session, runOptions, inputNames, inputs, inputCount, outputNames, outputCount, outputs);

    internal static void ReleaseSession(nint session) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[95])(session);

    // Run options.
    internal static nint CreateRunOptions(nint* options) =>
        ((delegate* unmanaged[Cdecl]<nint*, nint>)Table[39])(options);

    internal static nint SetTerminate(nint options) =>
        ((delegate* unmanaged[Cdecl]<nint, nint>)Table[46])(options);

    internal static nint UnsetTerminate(nint options) =>
        ((delegate* unmanaged[Cdecl]<nint, nint>)Table[47])(options);

    internal static void ReleaseRunOptions(nint options) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[97])(options);

    // Values and their types.
    internal static nint CreateTensor(
        nint memoryInfo, void* data, nuint bytes, long* shape, nuint rank, int type, nint* value) =>
        ((delegate* unmanaged[Cdecl]<nint, void*, nuint, long*, nuint, int, nint*, nint>)Table[49])(
            memoryInfo, data, bytes, shape, rank, type, value);

    internal static nint GetTensorData(nint value, void** data) =>
        ((delegate* unmanaged[Cdecl]<nint, void**, nint>)Table[51])(value, data);

    internal static nint GetTensorType(nint value, nint* tensorInfo) =>
        ((delegate* unmanaged[Cdecl]<nint, nint*, nint>)Table[65])(value, tensorInfo);

    internal static void ReleaseValue(nint value) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[96])(value);

    internal static nint AsTensorInfo(nint typeInfo, nint* tensorInfo) =>
        ((delegate* unmanaged[Cdecl]<nint, nint*, nint>)Table[55])(typeInfo, tensorInfo);

    internal static nint GetElementType(nint tensorInfo, int* type) =>
        ((delegate* unmanaged[Cdecl]<nint, int*, nint>)Table[60])(tensorInfo, type);

    internal static nint GetRank(nint tensorInfo, nuint* rank) =>
        ((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)Table[61])(tensorInfo, rank);

    internal static nint GetShape(nint tensorInfo, long* shape, nuint rank) =>
        ((delegate* unmanaged[Cdecl]<nint, long*, nuint, nint>)Table[62])(tensorInfo, shape, rank);

    internal static nint GetSymbolicShape(nint tensorInfo, byte** names, nuint rank) =>
        ((delegate* unmanaged[Cdecl]<nint, byte**, nuint, nint>)Table[63])(tensorInfo, names, rank);

    internal static void ReleaseTypeInfo(nint typeInfo) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[98])(typeInfo);

    internal static void ReleaseTensorInfo(nint tensorInfo) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[99])(tensorInfo);
}
