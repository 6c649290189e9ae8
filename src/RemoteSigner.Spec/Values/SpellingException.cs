using System.Text.Json;

namespace RemoteSigner.Spec;

/// <summary>A converter's own word for a value that it refuses; it follows the value's path.</summary>
public sealed class SpellingException(string message) : JsonException(message);
