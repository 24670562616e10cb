/** The flags of the commands that make a revision. */
import { IN_ENGLISH, revisionMessageSchema } from '../../../contract/text.ts'
import type { Flags } from '../../shell/command.ts'
import { usageFailure } from '../../shell/failure.ts'

export const MESSAGE_FLAG = {
  message: {
    value: 'TEXT',
    about: 'why; the gateway keeps it with the revision, and `trust log` shows it',
  },
} as const satisfies Flags

export const REVISION_JSON = {
  about:
    'print the new revision as JSON: `revision`, `digest`, `author`, `applied_at`, `token_id`, `message`',
} as const

/** Throws a usage failure for a message that the gateway would refuse. */
export function readMessage(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const parsed = revisionMessageSchema.safeParse(text, IN_ENGLISH)
  if (parsed.success) return parsed.data
  throw usageFailure(`--message ${parsed.error.issues[0]?.message ?? 'is invalid'}`)
}
