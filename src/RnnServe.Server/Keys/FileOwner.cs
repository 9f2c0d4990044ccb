using System.Runtime.InteropServices;

namespace RnnServe.Server.Keys;

/// <summary>The user and the group that a file on Linux belongs to, of which .NET tells nothing.</summary>
internal static partial class FileOwner
{
    // Of Linux' statx, whose result lies in memory alike on all processors.
    private const int Here = -100, UserAt = 20, GroupAt = 24, Size = 256;
    private const uint UserAndGroup = 0x18;

    /// <summary>Gives a file to whom another belongs.</summary>
    /// <exception cref="IOException">This user may not.</exception>
    public static void Copy(string from, string to)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var owner = Of(from);
        if (owner == Of(to) || Change(to, owner.User, owner.Group) == 0)
            return;
        throw new IOException(
            $"'{from}' belongs to the user {owner.User} and the group {owner.Group}, to whom this user may not give a file: whoever "
            + "reads it now could not any more. Change it as that user, or as root.");
    }

    private static (uint User, uint Group) Of(string path)
    {
        byte[] found = new byte[Size];
        if (State(Here, path, 0, UserAndGroup, found) != 0)
            throw new IOException($"'{path}': {Marshal.GetLastPInvokeErrorMessage()}");
        return (Number(UserAt), Number(GroupAt));

        uint Number(int at) => BitConverter.ToUInt32(found, at);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int State(int folder, string path, int flags, uint wanted, [Out] byte[] found);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Change(string path, uint user, uint group);
}
