using SQLitePCL;

namespace RemoteSigner.Ledgers;

/// <summary>The ledger could not do what was asked; nothing of it was granted. <see cref="Hint"/> tells the operator what to do.</summary>
public sealed class LedgerException : Exception
{
    private const int IoErrorFsync = 10 | (4 << 8);
    private const int IoErrorDirectoryFsync = 10 | (5 << 8);

    public LedgerException(LedgerFault fault, string message, string hint, Exception? innerException = null)
        : base(message, innerException) => (Fault, Hint) = (fault, hint);

    public LedgerFault Fault { get; }

    /// <summary>One line for the operator, lower case, no full stop.</summary>
    public string Hint { get; }

    /// <summary>SQLite's extended result code, or 0.</summary>
    internal int Code { get; private init; }

    /// <summary>After a failed fsync the kernel may call lost pages clean, and a later fsync succeeds without them.</summary>
    internal bool IsFailedSync => Code is IoErrorFsync or IoErrorDirectoryFsync;

    /// <summary>Translates an SQLite result code; <paramref name="action"/> says what was being done, such as <c>open</c>.</summary>
    internal static LedgerException From(int code, string action, string path, string? detail, Exception? innerException = null)
    {
        var (fault, hint) = Explain(code);
        return new LedgerException(
            fault,
            $"cannot {action} the ledger {path}: {detail ?? raw.sqlite3_errstr(code).utf8_to_string()} (SQLite {code})",
            hint,
            innerException
        )
        {
            Code = code,
        };
    }

    private static (LedgerFault Fault, string Hint) Explain(int code) =>
        code == raw.SQLITE_IOERR_SHMSIZE
            // Where the shared index beside the write-ahead log could not grow; SQLite does not ask why.
            ? (
                LedgerFault.DiskFull,
                "free some space on this disk; a signer that runs goes on by itself; where "
                    + "there is enough, look for disk errors in the kernel log"
            )
            : ExplainKind(code);

    private static (LedgerFault Fault, string Hint) ExplainKind(int code) =>
        (code & 0xff) switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => (
                LedgerFault.Locked,
                "a signer that runs has it open, or another command: stop that one first, two signers must never share a ledger"
            ),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => (
                LedgerFault.Corrupt,
                "restore the newest backup and raise the low watermarks past everything signed since, or start from an interchange file"
            ),
            raw.SQLITE_FULL => (LedgerFault.DiskFull, "free some space on this disk; a signer that runs goes on by itself"),
            raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => (
                LedgerFault.Unwritable,
                "the file and its folder must belong to the user this program runs as, on a disk mounted for writing"
            ),
            raw.SQLITE_CONSTRAINT => (LedgerFault.Corrupt, "a record breaks a rule of the tables; verify the audit log, and report it"),
            _ => (LedgerFault.DiskFailure, "look for disk errors in the kernel log, then restart"),
        };
}
