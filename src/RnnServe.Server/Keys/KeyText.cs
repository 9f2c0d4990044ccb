using System.Security.Cryptography;
using System.Text;

namespace RnnServe.Server.Keys;

/// <summary>The text of a key, <c>rnn_ID_SECRET</c>: the identifier finds its entry, the secret proves whose it is.</summary>
/// <remarks>
/// A secret has 256 random bits. Nobody can try so many, whatever the hash, so one round of SHA-256 keeps it as well as a slow hash for
/// passwords would, which every request would have to wait for.
/// </remarks>
internal static class KeyText
{
    public const string Prefix = "rnn_";

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>62^43 is more than 2^256.</summary>
    private const int IdLength = 12, SecretLength = 43, SaltLength = 16;

    /// <summary>A new key with its entry, whose other members are the caller's.</summary>
    public static (string Text, KeyEntry Entry) Create(KeyEntry template)
    {
        string id = RandomNumberGenerator.GetString(Alphabet, IdLength);
        string secret = RandomNumberGenerator.GetString(Alphabet, SecretLength);
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength), hash = new byte[SHA256.HashSizeInBytes];
        Hash(salt, secret, hash);
        return ($"{Prefix}{id}_{secret}", template with { Id = id, Salt = salt, Hash = hash });
    }

    /// <summary>The two parts of a text; false: it cannot be a key.</summary>
    public static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> id, out ReadOnlySpan<char> secret)
    {
        id = secret = default;
        if (text.Length != Prefix.Length + IdLength + 1 + SecretLength || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        id = text.Slice(Prefix.Length, IdLength);
        secret = text[^SecretLength..];
        return text[Prefix.Length + IdLength] == '_' && Ascii.IsValid(secret);
    }

    /// <summary>Whether an entry is that of a secret, in a time that does not depend on how much of it is right.</summary>
    public static bool Matches(KeyEntry entry, ReadOnlySpan<char> secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(entry.Salt, secret, hash);
        return CryptographicOperations.FixedTimeEquals(hash, entry.Hash);
    }

    private static void Hash(ReadOnlySpan<byte> salt, ReadOnlySpan<char> secret, Span<byte> hash)
    {
        Span<byte> salted = stackalloc byte[salt.Length + SecretLength];
        salt.CopyTo(salted);
        Encoding.ASCII.GetBytes(secret, salted[salt.Length..]);
        SHA256.HashData(salted, hash);
    }
}
