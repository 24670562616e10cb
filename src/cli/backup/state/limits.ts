/** The limits of a backup of a state directory, each with its reason. */

/** SQLite starts a WAL again every thousand pages: a gateway under load does it every few seconds. */
export const COPY_MILLISECONDS = 30_000
/** The first pause before another copy. It grows by half each time. */
export const COPY_PAUSE_MILLISECONDS = 20
/** Longer than a tick of the clock of any file system of a server. */
export const SETTLED_MILLISECONDS = 50
/** SQLite file format, section 4.1. */
export const WAL_HEADER_BYTES = 32
/** A manifest has about 150 bytes for each database, and a gateway has about a hundred. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024
/** A signing key or the version of a state. An RSA key of 16,384 bits has 13 KB. */
export const MAX_FILE_BYTES = 64 * 1024
