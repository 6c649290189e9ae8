using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace RemoteSigner.Rig;

/// <summary>
/// One software TPM for several processes at once, on a socket of its own: the commands of all connections go to it one by one, and what a
/// connection loaded is flushed with it. Nothing is swapped out meanwhile, so all of them share the TPM's few places. It can also send
/// commands of its own before somebody's, and answer in the TPM's place.
/// </summary>
public sealed class SharedTpm : IAsyncDisposable
{
    private const int HeaderLength = 10;
    private const int FlushContext = 0x165;

    // TPM_RC_HANDLE of the first parameter.
    private const uint NoSuchHandle = 0x1CB;

    // TPM2_CC of part 2, 6.5.2: CreatePrimary, Load, ContextLoad, LoadExternal and StartAuthSession answer with a handle first.
    private static readonly int[] _loading = [0x131, 0x157, 0x161, 0x167, 0x176];

    private readonly SoftwareTpm _tpm;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _bus = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<uint, Socket> _owners = [];
    private readonly List<Task> _served = [];
    private readonly Task _accepting;

    /// <summary>In front of a TPM that listens on a unix socket and has no other client.</summary>
    public SharedTpm(SoftwareTpm tpm)
    {
        _tpm = tpm;
        var socket = Path.Combine(tpm.Folder, "bus");
        Address = $"swtpm:path={socket}";
        File.CreateSymbolicLink(socket + ".ctrl", Path.Combine(tpm.Folder, "sock.ctrl"));
        _bus.Connect(new UnixDomainSocketEndPoint(tpm.Address["swtpm:path=".Length..]));
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>In tpm2-tools' words.</summary>
    public string Address { get; }

    /// <summary>How many commands the TPM was sent.</summary>
    public long Commands { get; private set; }

    /// <summary>A command to be executed before this one; null: none.</summary>
    public Func<byte[], byte[]?> SendFirst { get; set; } = _ => null;

    /// <summary>The response code with which this command is answered without being executed; null: it is.</summary>
    public Func<byte[], uint?> AnswerInstead { get; set; } = _ => null;

    /// <summary>TPM2_CC of a command, or the response code of an answer.</summary>
    public static int CodeOf(byte[] command) => BinaryPrimitives.ReadInt32BigEndian(command.AsSpan(6));

    /// <summary>TPM2_PCR_Extend (part 3, 22.2) of one SHA-256 digest, authorized by the empty password that a PCR has.</summary>
    public static byte[] ExtendCommand(byte pcr) =>
        [
            0x80,
            0x02,
            0,
            0,
            0,
            65,
            0,
            0,
            0x01,
            0x82,
            0,
            0,
            0,
            pcr,
            0,
            0,
            0,
            9,
            0x40,
            0,
            0,
            9,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            1,
            0,
            0x0B,
            .. new byte[32],
        ];

    /// <summary>
    /// A process of somebody else's that measures, asks for random numbers and loads keys without any pause, until it is disposed of.
    /// </summary>
    public Process StartNeighbour()
    {
        const string Work =
            "while :; do tpm2 pcrextend 10:sha256=$(printf '1%.0s' {1..64}); tpm2 getrandom 8 > "
            + "random; tpm2 createprimary -Q -C n -G ecc -c key; echo round >> rounds; done";
        var start = new ProcessStartInfo("/bin/bash", ["-c", Work])
        {
            WorkingDirectory = _tpm.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["TPM2TOOLS_TCTI"], start.Environment["TSS2_LOG"]) = (Address, "all+none");
        var neighbour = Process.Start(start)!;
        neighbour.OutputDataReceived += (_, _) => { };
        neighbour.ErrorDataReceived += (_, _) => { };
        neighbour.BeginOutputReadLine();
        neighbour.BeginErrorReadLine();
        return neighbour;
    }

    /// <summary>How often the neighbour has been through all that it does.</summary>
    public int NeighbourRounds =>
        File.Exists(Path.Combine(_tpm.Folder, "rounds")) ? File.ReadAllLines(Path.Combine(_tpm.Folder, "rounds")).Length : 0;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _bus.Dispose();
        await _accepting;
        await Task.WhenAll(_served);
        _one.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _served.Add(ServeAsync(await _listener.AcceptAsync()));
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var stream = new NetworkStream(client, ownsSocket: true);
        try
        {
            while (await ReadAsync(stream) is { } command)
            {
                await stream.WriteAsync(await AnswerAsync(command, client));
            }

            await FlushAsync(client);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            // One of the two ends is gone.
        }
    }

    private async Task<byte[]> AnswerAsync(byte[] command, Socket client)
    {
        await _one.WaitAsync();
        try
        {
            if ((AnswerInstead(command) ?? RefusalOf(command, client)) is { } code)
            {
                byte[] refusal = [0x80, 0x01, 0, 0, 0, HeaderLength, 0, 0, 0, 0];
                BinaryPrimitives.WriteUInt32BigEndian(refusal.AsSpan(6), code);
                return refusal;
            }

            if (SendFirst(command) is { } other)
            {
                await TransactAsync(other);
            }

            var answer = await TransactAsync(command);
            if (_loading.Contains(CodeOf(command)) && CodeOf(answer) == 0)
            {
                // A handle that was given up is given to the next one: the last one to get it has it.
                _owners[PlaceOf(BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(HeaderLength)))] = client;
            }

            return answer;
        }
        finally
        {
            _one.Release();
        }
    }

    // A session that ended with its last command is flushed once more by its tool, when the place is another's.
    private uint? RefusalOf(byte[] command, Socket client) =>
        CodeOf(command) == FlushContext
        && _owners.TryGetValue(PlaceOf(BinaryPrimitives.ReadUInt32BigEndian(command.AsSpan(HeaderLength))), out var owner)
        && owner != client
            ? NoSuchHandle
            : null;

    // Sessions of both kinds, 0x02… and 0x03…, are in the same places.
    private static uint PlaceOf(uint handle) => handle >> 24 == 3 ? handle & 0xFFFFFF | 0x02000000 : handle;

    private async Task FlushAsync(Socket client)
    {
        await _one.WaitAsync();
        try
        {
            foreach (var handle in _owners.Where(one => one.Value == client).Select(one => one.Key).ToList())
            {
                _owners.Remove(handle);
                byte[] flush = [0x80, 0x01, 0, 0, 0, 14, 0, 0, 0x01, 0x65, 0, 0, 0, 0];
                BinaryPrimitives.WriteUInt32BigEndian(flush.AsSpan(HeaderLength), handle);
                await TransactAsync(flush);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<byte[]> TransactAsync(byte[] command)
    {
        using var stream = new NetworkStream(_bus, ownsSocket: false);
        await stream.WriteAsync(command);
        Commands++;
        return await ReadAsync(stream) ?? throw new IOException("swtpm closed the connection");
    }

    // Commands and answers alike: tag, size of the whole, code, rest.
    private static async Task<byte[]?> ReadAsync(Stream stream)
    {
        var header = new byte[HeaderLength];
        if (await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
        {
            return null;
        }

        var whole = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(2))];
        header.CopyTo(whole, 0);
        await stream.ReadExactlyAsync(whole.AsMemory(HeaderLength));
        return whole;
    }
}
