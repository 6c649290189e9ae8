using RemoteSigner.Native;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host;

/// <summary>Asks the person at the terminal for the PIN, key by key into secret memory; nothing of it is shown.</summary>
internal static class PinPrompt
{
    private const int MaxBytes = 256;

    /// <param name="device">Whose PIN it is, for people.</param>
    /// <param name="setting">Where <c>signer.json</c> could name a source of it.</param>
    /// <exception cref="PinException">There is no terminal, or the PIN is too long.</exception>
    public static SecretBytes Ask(SecretArena arena, string device, string setting)
    {
        if (Console.IsInputRedirected)
        {
            throw new PinException(
                $"no source of the PIN of the {device} is configured and there is no terminal to ask at",
                $"name one in signer.json under {setting}, or give --pin-file to init"
            );
        }

        Console.Error.Write($"PIN of the {device}: ");
        using var typed = arena.Allocate(MaxBytes);
        var length = 0;
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                break;
            }

            length = key.Key == ConsoleKey.Backspace ? Math.Max(0, length - 1) : Append(typed, length, key.KeyChar);
        }

        Console.Error.WriteLine();
        var pin = arena.Allocate(Math.Max(1, length));
        typed.Span[..length].CopyTo(pin.Span);
        return pin;
    }

    private static int Append(SecretBytes typed, int length, char character)
    {
        if (!char.IsAscii(character) || length == MaxBytes)
        {
            throw new PinException("a PIN typed at the terminal is at most 256 ASCII characters", "use a PIN file for another one");
        }

        typed.Span[length] = (byte)character;
        return length + 1;
    }
}
