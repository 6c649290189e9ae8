using System.Runtime.InteropServices;

namespace RemoteSigner.Native;

/// <summary>
/// The vector registers of this thread, which keep what passed through them last, in sight of a core dump (<c>registers.c</c>, which is
/// linked into blst's library).
/// </summary>
internal static partial class VectorRegisters
{
    /// <summary>Zeroes all of them.</summary>
    [LibraryImport("blst", EntryPoint = "remote_signer_clear_vector_registers")]
    internal static partial void Clear();
}
