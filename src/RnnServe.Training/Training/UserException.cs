namespace RnnServe.Training;

/// <summary>A failure that the user can mend: the message is one clear line, shown without a stack trace.</summary>
public sealed class UserException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public UserException()
    {
    }

    /// <summary>Creates the exception with what went wrong and what to do.</summary>
    public UserException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what went wrong and its cause.</summary>
    public UserException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
