/**
 * The form of an export file: lines of JSON. Lines of structure begin with `#`. The first one is the
 * header, each part has a line before and after it, and the last one is the manifest with the digest
 * of everything before it. docs/backup.md describes the form.
 */
import { createHash, type Hash } from 'node:crypto'
import * as z from 'zod/mini'
import { RELEASE } from '../../../protocol/release.ts'

/** Raise it if a release could not read, or would misunderstand, a file of the next one. */
export const EXPORT_VERSION = 1

const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const count = z.int().check(z.minimum(0))

export const headerSchema = z.strictObject({
  edgemint_export: z.int().check(z.minimum(1)),
  issuer: z.string().check(z.minLength(1)),
  release: z.string().check(z.minLength(1)),
  /** Epoch seconds. */
  created_at: count,
})
export type ExportHeader = z.infer<typeof headerSchema>

/** The parts: documents/N, revisions, issuer-keys, revocations, checkpoints and decisions/N. */
const name = z.string().check(z.regex(/^[a-z-]+(?:\/[0-9]{1,15})?$/))

export const partStartSchema = z.strictObject({ part: name })
export const partEndSchema = z.strictObject({ end: name, lines: count, sha256: digest })
export const manifestSchema = z.strictObject({
  manifest: z.array(z.strictObject({ part: name, lines: count, sha256: digest })),
  sha256: digest,
})
export type ExportManifest = z.infer<typeof manifestSchema>

export function writeStructure(value: object): string {
  return `#${JSON.stringify(value)}\n`
}

/** Only the one spelling that is written is read, so that no byte of a structure can change. */
export function parseStructure<T>(schema: z.ZodMiniType<T>, text: string): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text.slice(1)))
    const isSpelt = parsed.success && writeStructure(parsed.data as object) === text
    return isSpelt ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export type ExportWriter = {
  readonly startPart: (name: string) => Promise<void>
  /** A line of JSON without its line feed. */
  readonly writeLine: (line: string) => Promise<void>
  readonly endPart: () => Promise<void>
  /** Writes the manifest. */
  readonly end: () => Promise<void>
}

/** Writes the header. `write` must have written the text when it resolves. */
export async function startExport(
  issuer: string,
  createdAt: number,
  write: (text: string) => Promise<void>,
): Promise<ExportWriter> {
  const whole = createHash('sha256')
  const parts: ExportManifest['manifest'] = []
  let part: { readonly name: string; readonly hash: Hash; lines: number } | undefined

  async function put(text: string): Promise<void> {
    whole.update(text)
    await write(text)
  }

  await put(
    writeStructure({
      edgemint_export: EXPORT_VERSION,
      issuer,
      release: RELEASE,
      created_at: createdAt,
    }),
  )
  return {
    async startPart(name) {
      part = { name, hash: createHash('sha256'), lines: 0 }
      await put(writeStructure({ part: name }))
    },
    async writeLine(line) {
      if (part === undefined || line.startsWith('#'))
        throw new TypeError('a line outside of a part')
      part.hash.update(`${line}\n`)
      part.lines += 1
      await put(`${line}\n`)
    },
    async endPart() {
      if (part === undefined) throw new TypeError('no part was started')
      const { name, hash, lines } = part
      const sha256 = hash.digest('hex')
      part = undefined
      parts.push({ part: name, lines, sha256 })
      await put(writeStructure({ end: name, lines, sha256 }))
    },
    end: () => write(writeStructure({ manifest: parts, sha256: whole.digest('hex') })),
  }
}
