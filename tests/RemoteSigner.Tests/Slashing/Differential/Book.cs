using RemoteSigner.Oracle;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>What the program calls by bytes and the model by numbers: signing roots, runs, records of the anchor.</summary>
internal sealed class Book(FenceKeys keys)
{
    private readonly Dictionary<Root, int> _numbers = [];
    private readonly List<Root> _roots = [];
    private readonly Dictionary<(SlashableContent, int), RootedMessage> _messages = [];
    private readonly Dictionary<Guid, int> _guids = [];
    private readonly Dictionary<string, ModelRecord> _records = [];

    public int NumberOf(Root root)
    {
        if (!_numbers.TryGetValue(root, out var number))
        {
            number = _roots.Count;
            _numbers.Add(root, number);
            _roots.Add(root);
        }

        return number;
    }

    public Root RootOf(int number) => _roots[number];

    /// <summary>A message with this content; the label tells those of one content apart.</summary>
    public RootedMessage Message(SlashableContent content, int label)
    {
        if (!_messages.TryGetValue((content, label), out var message))
        {
            message = Duties.Message(content, Duties.Root(label));
            _messages.Add((content, label), message);
        }

        return message;
    }

    /// <summary>What the anchor shows, in the model's words.</summary>
    public ModelRecord RecordOf(ReadOnlySpan<byte> bytes) => _records[Convert.ToHexString(bytes)];

    /// <summary>The same of a record that is sent now; after an orderly stop with the ledger that was stopped.</summary>
    public ModelRecord Enter(ReadOnlySpan<byte> bytes, IModelLedger? stopped)
    {
        var record = FenceRecord.Read(bytes, keys.Record) ?? throw new DisagreementException("a record was sent that cannot be read");
        DisagreementException.ThrowUnless(record.CleanStop is null == stopped is null, () =>
            $"a record was sent with the stop {record.CleanStop}"
        );
        var name = Convert.ToHexString(bytes);
        return _records.TryGetValue(name, out var known)
            ? known
            : _records[name] = new ModelRecord(
                (long)record.Start,
                NumberOf(record.Run),
                NumberOf(record.Nonce),
                Of(record.Bounds),
                stopped
            );
    }

    public static ModelBounds Of(SignedBounds bounds) => new((long)bounds.Fence.Value, (long)bounds.Source.Value);

    private int NumberOf(Guid guid)
    {
        if (!_guids.TryGetValue(guid, out var number))
        {
            _guids.Add(guid, number = _guids.Count);
        }

        return number;
    }
}
