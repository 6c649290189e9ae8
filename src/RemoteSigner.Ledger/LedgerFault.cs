namespace RemoteSigner.Ledgers;

/// <summary>What kind of trouble the ledger is in; the closed list behind every <see cref="LedgerException"/>.</summary>
public enum LedgerFault
{
    /// <summary>The file is not there, and is never made silently: an empty ledger remembers nothing.</summary>
    Missing,

    /// <summary>A file stands where a new ledger was to be made.</summary>
    AlreadyExists,

    /// <summary>Another process holds the ledger.</summary>
    Locked,

    /// <summary>The file is damaged, or is no SQLite database at all.</summary>
    Corrupt,

    /// <summary>A database of another program, or of another chain.</summary>
    Foreign,

    /// <summary>Neither the configuration nor the ledger says which chain the history is of.</summary>
    ChainUnknown,

    /// <summary>Written by a version of this program that this one does not know.</summary>
    UnknownVersion,

    /// <summary>No space is left, or a quota is used up.</summary>
    DiskFull,

    /// <summary>The file or its folder cannot be read or written by this user.</summary>
    Unwritable,

    /// <summary>The disk failed to take the bytes, or did not say whether it did.</summary>
    DiskFailure,

    /// <summary>The ledger was closed before the work was taken up.</summary>
    Closed,
}
