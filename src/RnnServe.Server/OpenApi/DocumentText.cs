using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RnnServe.Server.OpenApi;

/// <summary>What the document as a whole says about itself.</summary>
internal static class DocumentText
{
    public static Task Apply(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "RnnServe",
            Version = "1",
            Description =
                "Translation and image captioning with recurrent neural networks. Every error is application/problem+json (RFC 9457) "
                + "and names the value it refuses and the allowed range.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        // Relative to the document's own address: what a proxy adds in front is the caller's to know.
        document.Servers = [new OpenApiServer { Url = ".." }];
        document.Tags = new HashSet<OpenApiTag>
        {
            new() { Name = "Translate", Description = "Translate texts." },
            new() { Name = "Caption", Description = "Describe images." },
            new() { Name = "Models", Description = "What this server serves." },
            new() { Name = "Health", Description = "For supervisors and load balancers." },
        };
        SchemaText.LeaveOutNulls(document);
        return Task.CompletedTask;
    }
}
