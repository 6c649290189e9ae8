namespace RemoteSigner.Keys;

/// <summary>Keystores could not be imported: none was. Every failure that was found is listed.</summary>
public sealed class KeystoreImportException(IReadOnlyList<KeystoreFailure> failures)
    : Exception(
        $"{failures.Count} keystore{(failures.Count == 1 ? "" : "s")} cannot be "
            + $"imported, the first is {failures[0].Path}: {failures[0].Reason}"
    )
{
    /// <summary>In the order of the files.</summary>
    public IReadOnlyList<KeystoreFailure> Failures { get; } = failures;
}

/// <summary>One file that cannot be imported, why, and what to do about it.</summary>
public sealed record KeystoreFailure(string Path, KeystoreFault Fault, string Reason, string Hint);
