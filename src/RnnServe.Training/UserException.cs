namespace RnnServe.Training;

/// <summary>A failure that the user can mend: the message is one clear line, shown without a stack trace.</summary>
public sealed class UserException(string message, Exception? innerException = null) : Exception(message, innerException);
