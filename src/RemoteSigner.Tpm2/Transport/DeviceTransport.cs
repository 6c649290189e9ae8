using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>
/// A TPM character device, <c>/dev/tpmrm0</c>: one write is a command, one read its response. The kernel's read cannot be interrupted, so a
/// thread of its own does both, and the caller stops waiting when time is up; the descriptor is closed when the thread comes back.
/// </summary>
public sealed class DeviceTransport : ITpmTransport
{
    // RandomAccess, which a buffered stream uses, is refused by this device: it cannot seek.
    private const int Unbuffered = 0;
    private const int EINVAL = 22;

    private readonly string _path;
    private readonly FileStream _device;
    private readonly PinnedBytes _command = new(4096),
        _response = new(4096);
    private readonly SemaphoreSlim _asked = new(0),
        _answered = new(0);
    private int _commandLength,
        _responseLength;
    private Exception? _fault;
    private volatile bool _closed;

    private DeviceTransport(string path, FileStream device)
    {
        (_path, _device) = (path, device);
        new Thread(Work) { IsBackground = true, Name = "tpm" }.Start();
    }

    public bool HasResourceManager => Path.GetFileName(_path).StartsWith("tpmrm", StringComparison.Ordinal);

    /// <exception cref="TpmTransportException">It is not there, is in use, or may not be opened.</exception>
    public static DeviceTransport Open(string path)
    {
        try
        {
            return new DeviceTransport(path, new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, Unbuffered));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TpmTransportException(TpmTransportFault.Unreachable, $"cannot open the TPM device {path}: {fault.Message}", fault);
        }
    }

    public int Transact(ReadOnlySpan<byte> command, Span<byte> response, TimeSpan timeout)
    {
        if (_closed)
        {
            throw new TpmTransportException(TpmTransportFault.Closed, $"the TPM device {_path} was closed after a fault");
        }

        command.CopyTo(_command.Span);
        _commandLength = command.Length;
        _asked.Release();
        if (!_answered.Wait(timeout))
        {
            Dispose();
            throw new TpmTransportException(
                TpmTransportFault.TimedOut,
                $"the TPM device {_path} gave no answer in {timeout.TotalSeconds} s"
            );
        }

        return _fault is null ? Take(response) : throw Translate(_fault);
    }

    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            _asked.Release();
        }
    }

    private int Take(Span<byte> response)
    {
        _response.Span[.._responseLength].CopyTo(response);
        CryptographicOperations.ZeroMemory(_response.Span);
        return _responseLength;
    }

    private void Work()
    {
        using (_device)
        using (_command)
        using (_response)
        {
            for (_asked.Wait(); !_closed; _asked.Wait())
            {
                try
                {
                    _fault = null;
                    _responseLength = Exchange();
                }
                catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
                {
                    _fault = fault;
                }

                _answered.Release();
            }
        }
    }

    private int Exchange()
    {
        _device.Write(_command.Span[.._commandLength]);
        CryptographicOperations.ZeroMemory(_command.Span);
        // Room for all of it in every read: older kernels drop what a short read leaves.
        var length = _device.ReadAtLeast(_response.Span, ResponseHeader.Size);
        var size = ResponseHeader.TotalSize(_response.Span, _response.Span.Length);
        if (length < size)
        {
            _device.ReadExactly(_response.Span[length..size]);
        }

        return size;
    }

    private Exception Translate(Exception fault)
    {
        if (fault is IOException { HResult: EINVAL })
        {
            return new TpmTransportException(
                TpmTransportFault.Rejected,
                $"the kernel refused to pass the command on to the TPM device {_path}: {fault.Message}",
                fault
            );
        }

        Dispose();
        return fault is TpmIntegrityException
            ? fault
            : new TpmTransportException(TpmTransportFault.Closed, $"the TPM device {_path} failed: {fault.Message}", fault);
    }
}
