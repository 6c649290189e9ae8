using System.Diagnostics;

namespace RemoteSigner.Clusters;

/// <summary>By which way a share and what is known of its cluster came in. The numbers are stored.</summary>
public enum ShareProvenance : byte
{
    Unknown = 0,

    /// <summary>A verified <c>cluster-lock.json</c> and the keystores of its node.</summary>
    LockFile = 1,

    /// <summary>Pushed through the Keymanager API; the lock was here before, or was bound afterwards.</summary>
    KeymanagerPush = 2,

    /// <summary>A verified SSV keyshares file.</summary>
    SsvFile = 3,

    /// <summary>Sent by an SSV node.</summary>
    SsvPush = 4,
}

/// <summary>The word for a way in the audit log: a member may be renamed, its word not.</summary>
public static class ShareProvenanceNames
{
    public static string Name(this ShareProvenance provenance) =>
        provenance switch
        {
            ShareProvenance.Unknown => "Unknown",
            ShareProvenance.LockFile => "LockFile",
            ShareProvenance.KeymanagerPush => "KeymanagerPush",
            ShareProvenance.SsvFile => "SsvFile",
            ShareProvenance.SsvPush => "SsvPush",
            _ => throw new UnreachableException($"the provenance {provenance} has no name"),
        };
}

/// <summary>The code of a way, in <c>--json</c> and HTTP answers: a member may be renamed, its code not.</summary>
public static class ShareProvenanceCodes
{
    public static string Code(this ShareProvenance provenance) =>
        provenance switch
        {
            ShareProvenance.Unknown => "unknown",
            ShareProvenance.LockFile => "lock_file",
            ShareProvenance.KeymanagerPush => "keymanager_push",
            ShareProvenance.SsvFile => "ssv_file",
            ShareProvenance.SsvPush => "ssv_push",
            _ => throw new UnreachableException($"the provenance {provenance} has no code"),
        };
}
