using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using RnnServe.Protocols.OpenInference;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Keys;

namespace RnnServe.Server.Doors;

/// <summary>The Open Inference Protocol over gRPC: the same models, tensors and limits as over HTTP.</summary>
internal sealed class OpenInferenceService(
    InferModels models,
    DoorEngine engine,
    KeyGate keys,
    ModelCatalog catalog,
    UploadBudget budget,
    IHostApplicationLifetime lifetime,
    ILogger<OpenInferenceService> logger) : GRPCInferenceService.GRPCInferenceServiceBase
{
    [AllowAnonymous]
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    [AllowAnonymous]
    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse
        {
            Ready = Readiness.Fault(catalog, lifetime) is null,
        });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ModelReadyResponse { Ready = IsSo(() => models.Describe(request.Name, request.Version)) });

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context)
    {
        var server = OpenInferenceDoor.Server;
        return Task.FromResult(new ServerMetadataResponse { Name = server.Name, Version = server.Version });
    }

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) =>
        GrpcRefusals.AnswerAsync(context, logger, _ =>
        {
            var model = models.Describe(request.Name, request.Version);
            var response = new ModelMetadataResponse { Name = model.Name, Platform = model.Platform, Versions = { model.Versions } };
            response.Inputs.AddRange(model.Inputs.Select(Tensor));
            response.Outputs.AddRange(model.Outputs.Select(Tensor));
            return Task.FromResult(response);
        });

    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) =>
        GrpcRefusals.AnswerAsync(context, logger, cancellation => InferAsync(request, context.GetHttpContext(), cancellation));

    private async Task<ModelInferResponse> InferAsync(ModelInferRequest request, HttpContext http, CancellationToken cancellation)
    {
        using var upload = new ImageUpload(budget);     // CountedBody has taken the room
        var (model, kind) = models.Pick(request.ModelName, request.ModelVersion);
        using var held = model;
        keys.Demand(http, kind.Kind.Scope);
        if (!kind.TakesImages && request.CalculateSize() > engine.Limits.MaxBodyBytes)
        {
            throw new ApiException(
                StatusCodes.Status413PayloadTooLarge, $"The message is larger than {engine.Limits.MaxBodyBytes} bytes.");
        }

        var input = Input(request, kind, kind.Most(engine.Limits));
        var found = await kind.RunAsync(new(model, input.Elements, upload, engine, http, cancellation));
        var output = new ModelInferResponse.Types.InferOutputTensor
        {
            Name = kind.Output,
            Datatype = BytesTensor.Datatype,
            Shape = { input.Shape },
        };
        var response = new ModelInferResponse
        {
            ModelName = model.Name,
            ModelVersion = model.Version,
            Id = request.Id,
            Outputs = { output },
        };
        if (request.RawInputContents.Count > 0)
            response.RawOutputContents.Add(ByteString.CopyFrom(BytesTensor.Join(found)));
        else
            output.Contents = new() { BytesContents = { found.Select(ByteString.CopyFromUtf8) } };
        return response;
    }

    private static BytesTensor Input(ModelInferRequest request, TensorKind kind, int most)
    {
        BytesTensor.CheckNames(
            [.. request.Inputs.Select(input => ((string?)input.Name, (string?)input.Datatype))],
            request.Outputs.Select(output => output.Name),
            kind);
        var input = request.Inputs[0];
        var raw = request.RawInputContents;
        var contents = input.Contents?.BytesContents ?? [];
        if (raw.Count > 0 && (raw.Count > 1 || contents.Count > 0))
        {
            throw ApiException.ForField(
                "raw_input_contents", $"raw_input_contents has {raw.Count} tensors; there must be one, and contents must be left out.");
        }

        BytesTensor.CheckCount(contents.Count, most);
        var elements = raw.Count > 0 ? BytesTensor.Split(raw[0].Memory, most) : [.. contents.Select(element => element.Memory)];
        return new BytesTensor(input.Shape, elements).Checked();
    }

    private static ModelMetadataResponse.Types.TensorMetadata Tensor(InferTensor tensor) =>
        new() { Name = tensor.Name, Datatype = tensor.Datatype, Shape = { tensor.Shape } };

    private static bool IsSo(Action check)
    {
        try
        {
            check();
            return true;
        }
        catch (ApiException)
        {
            return false;
        }
    }
}
