using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>Keystores could not be imported: none was. Every failure that was found is listed.</summary>
public sealed class KeystoreImportException(IReadOnlyList<KeystoreFailure> failures)
    : OperatorException(
        $"{failures.Count} keystore{(failures.Count == 1 ? "" : "s")} cannot be "
            + $"imported, the first is {failures[0].Path}: {failures[0].Reason}",
        HintOf(failures)
    )
{
    /// <summary>In the order of the files.</summary>
    public IReadOnlyList<KeystoreFailure> Failures { get; } = failures;

    // One line for each keystore: whoever imports a thousand wants to mend all of them at once.
    private static string HintOf(IReadOnlyList<KeystoreFailure> failures) =>
        failures.Count == 1
            ? failures[0].Hint
            : "nothing was imported; mend or leave out: "
                + string.Concat(failures.Select(failure => $"\n  {failure.Path}: {failure.Reason} ({failure.Hint})"));
}

/// <summary>One file that cannot be imported, why, and what to do about it.</summary>
public sealed record KeystoreFailure(string Path, KeystoreFault Fault, string Reason, string Hint);
