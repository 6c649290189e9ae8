using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RemoteSigner.Spec;

/// <summary>
/// Reads the NAME: value lines of one YAML mapping; what is nested in a value is passed over. Event by event, because a document as a whole
/// takes time that grows with the square of its brackets and with the power of its aliases.
/// </summary>
internal static class FlatYaml
{
    // The longest of any network has some 8 KiB.
    private const int MaxBytes = 1 << 20;
    private const int MaxDepth = 16;

    /// <summary>The scalars by their name; null where a value is none.</summary>
    /// <exception cref="SpecException">It is no such file; the text names the line where there is one.</exception>
    public static IReadOnlyDictionary<string, string?> Read(string path)
    {
        try
        {
            return ReadMapping(path, new Parser(new StringReader(ReadText(path))));
        }
        catch (YamlException e)
        {
            throw new SpecException($"{path}: line {e.Start.Line}: no YAML that can be read: {e.Message}", e);
        }
        // Escapes of half a surrogate pair, an open bracket and the like: YamlDotNet has no one exception for what is no YAML.
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or ArithmeticException or IndexOutOfRangeException)
        {
            throw new SpecException($"{path}: no YAML that can be read: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(
                Directory.Exists(path) ? $"{path} is a folder, and no network of that name is built in"
                    : File.Exists(path) ? $"{path}: cannot read the network configuration: {e.Message}"
                    : $"no network '{Path.GetFileName(path)}' is built in, and there is no file {path}",
                e
            );
        }
    }

    private static string ReadText(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
        {
            throw new SpecException($"{path}: larger than {MaxBytes} bytes, which no network configuration is");
        }

        // A device has no length to be judged by.
        using var text = new StreamReader(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        var characters = new char[MaxBytes + 1];
        var length = text.ReadBlock(characters);
        return length <= MaxBytes
            ? new string(characters, 0, length)
            : throw new SpecException($"{path}: larger than {MaxBytes} bytes, which no network configuration is");
    }

    private static Dictionary<string, string?> ReadMapping(string path, Parser parser)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _) || !parser.TryConsume<MappingStart>(out _))
        {
            throw NotOneMapping(path);
        }

        var members = new Dictionary<string, string?>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>();
            if (!members.TryAdd(name.Value, ReadValue(parser)))
            {
                throw new SpecException($"{path}: line {name.Start.Line}: {name.Value} stands there twice");
            }
        }

        parser.Consume<DocumentEnd>();
        return parser.Accept<StreamEnd>(out _) ? members : throw NotOneMapping(path);
    }

    private static string? ReadValue(Parser parser)
    {
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return scalar.Value;
        }

        var depth = 0;
        do
        {
            var part = parser.Consume<ParsingEvent>();
            depth += part.NestingIncrease;
            if (depth > MaxDepth)
            {
                throw new YamlException(part.Start, part.End, "it nests too deep for a network configuration");
            }
        } while (depth > 0);
        return null;
    }

    private static SpecException NotOneMapping(string path) => new($"{path}: not one YAML document of NAME: value lines");
}
