using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing.Store;

/// <summary>The tables of slashing protection. What they hold, and what is always true of them, is described in README.md.</summary>
internal static class SlashingSchema
{
    public static LedgerSchema Current { get; } =
        new(
            "slashing",
            7,
            HistoryScript + FreshnessScript + SourceScript + RecentVotesScript + FieldWordsScript,
            ["validator", "public_key", "block", "attestation", "recent_vote", "rollback_protection"]
        )
        {
            Upgrades = new Dictionary<int, string>
            {
                [1] = FreshnessScript,
                [2] = KeyStatesScript,
                [3] = SourceScript,
                [4] = KeyStatesScript,
                [5] = RecentVotesScript,
                [6] = FieldWordsScript,
            },
        };

    // Version 7: the names are EIP-3076's and the field's. The scripts of the versions before it keep the names of their time.
    private const string FieldWordsScript = """

        ALTER TABLE validator RENAME COLUMN slot_floor TO slot_low_watermark;
        ALTER TABLE validator RENAME COLUMN source_floor TO source_low_watermark;
        ALTER TABLE validator RENAME COLUMN target_floor TO target_low_watermark;
        ALTER TABLE freshness RENAME TO rollback_protection;
        ALTER TABLE rollback_protection RENAME COLUMN witness TO anchor;
        ALTER TABLE rollback_protection RENAME COLUMN floor TO low_watermark;
        ALTER TABLE rollback_protection RENAME COLUMN floor_reason TO low_watermark_reason;
        ALTER TABLE rollback_protection RENAME COLUMN floor_source TO low_watermark_source;
        ALTER TABLE rollback_protection RENAME COLUMN floor_beneath TO low_watermark_beneath;
        ALTER TABLE rollback_protection RENAME COLUMN floor_beneath_source TO low_watermark_beneath_source;
        """;

    // The lowest source that passes the floor, and the one beneath it; null beside a floor of before version 4: two epochs before its
    // fence.
    private const string SourceScript = """

        ALTER TABLE freshness ADD COLUMN floor_source INTEGER CHECK (floor_source >= 0);
        ALTER TABLE freshness ADD COLUMN floor_beneath_source INTEGER CHECK (floor_beneath_source >= 0);
        """;

    // Version 6: what was granted lies by target epoch until somebody rewrites the history of its validator. No reference to it: nothing
    // here serves the check that the deletion of a validator would make.
    private const string RecentVotesScript = """

        CREATE TABLE recent_vote (
            target INTEGER NOT NULL CHECK (target >= 0),
            validator INTEGER NOT NULL,
            source INTEGER NOT NULL CHECK (source BETWEEN 0 AND target),
            root BLOB NOT NULL CHECK (length(root) = 32),
            evidence INTEGER NOT NULL,
            PRIMARY KEY (target, validator, source, root)
        ) STRICT, WITHOUT ROWID;
        """;

    private const string FreshnessScript = """

        CREATE TABLE freshness (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            vault BLOB CHECK (length(vault) = 16),
            witness TEXT,
            start INTEGER CHECK (start >= 0),
            vault_generation INTEGER CHECK (vault_generation >= 0),
            floor INTEGER CHECK (floor >= 0),
            floor_reason TEXT,
            awaited_marks BLOB CHECK (length(awaited_marks) = 32),
            floor_beneath INTEGER CHECK (floor_beneath BETWEEN 0 AND floor),
            CHECK ((vault IS NULL) = (start IS NULL) AND (vault IS NULL) = (witness IS NULL)
                AND (vault IS NULL) = (vault_generation IS NULL)),
            CHECK ((floor IS NULL) = (floor_reason IS NULL)),
            CHECK (awaited_marks IS NULL OR floor IS NOT NULL)
        ) STRICT;
        INSERT INTO freshness (id) VALUES (1);
        """;

    // SQLite cannot widen a CHECK in place. Version 3 brought parked keys, version 5 exported ones.
    private const string KeyStatesScript = """
        CREATE TABLE public_key_wider (
            key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 48),
            validator INTEGER NOT NULL REFERENCES validator (id),
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 8),
            is_group INTEGER NOT NULL CHECK (is_group IN (0, 1))
        ) STRICT, WITHOUT ROWID;
        INSERT INTO public_key_wider SELECT key, validator, state, is_group FROM public_key;
        DROP TABLE public_key;
        ALTER TABLE public_key_wider RENAME TO public_key;
        CREATE INDEX public_key_by_validator ON public_key (validator);
        """;

    private const string HistoryScript = """
        CREATE TABLE chain (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            genesis_validators_root BLOB CHECK (length(genesis_validators_root) = 32),
            high_slot INTEGER,
            high_epoch INTEGER
        ) STRICT;
        INSERT INTO chain (id) VALUES (1);

        CREATE TABLE validator (
            id INTEGER PRIMARY KEY,
            slot_floor INTEGER,
            source_floor INTEGER,
            target_floor INTEGER,
            CHECK ((source_floor IS NULL) = (target_floor IS NULL))
        ) STRICT;

        CREATE TABLE public_key (
            key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 48),
            validator INTEGER NOT NULL REFERENCES validator (id),
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 8),
            is_group INTEGER NOT NULL CHECK (is_group IN (0, 1))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX public_key_by_validator ON public_key (validator);

        CREATE TABLE block (
            validator INTEGER NOT NULL REFERENCES validator (id),
            slot INTEGER NOT NULL CHECK (slot >= 0),
            root BLOB NOT NULL CHECK (length(root) IN (0, 32)),
            evidence INTEGER,
            PRIMARY KEY (validator, slot, root)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE attestation (
            validator INTEGER NOT NULL REFERENCES validator (id),
            target INTEGER NOT NULL CHECK (target >= 0),
            source INTEGER NOT NULL CHECK (source BETWEEN 0 AND target),
            root BLOB NOT NULL CHECK (length(root) IN (0, 32)),
            evidence INTEGER,
            PRIMARY KEY (validator, target, source, root)
        ) STRICT, WITHOUT ROWID;
        """;
}
