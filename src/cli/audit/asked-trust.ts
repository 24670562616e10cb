/** The trust document that a question is about: that of a file, or the one in force at a gateway. */

import { widestCeilings } from '../../analysis/source/in-house.ts'
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { compileStored } from '../../core/policy/compile/stored.ts'
import { readAdminAccess } from '../people/admin-access.ts'
import { hintGateways } from '../people/admin-url.ts'
import type { Flags, Values } from '../shell/command.ts'
import { refusal, usageFailure } from '../shell/failure.ts'
import { type AdminAccess, getTrust } from '../trust/admin-api.ts'
import { sayStoredProblems } from '../trust/problems.ts'
import { readTrust } from '../trust/read-trust.ts'

/** Either a file, or a gateway. */
export const SOURCE_FLAGS = {
  trust: { value: 'FILE', about: 'a trust file, in place of a gateway', completes: 'files' },
  url: { value: 'URL', about: 'the issuer URL of the gateway whose document is asked' },
  'token-file': {
    value: 'FILE',
    about: 'an admin token of the gateway with the scope `trust:read`; `-` reads stdin',
    default: 'that of `edgemint login`',
    completes: 'files',
  },
} as const satisfies Flags

export type AskedTrust = {
  readonly trust: CompiledTrust
  readonly document: unknown
  /** Null for a file. */
  readonly revision: number | null
  /** False if the gateway leaves out a part of its document, so that the answer does too. */
  readonly complete: boolean
  /** Undefined for a file. */
  readonly access: AdminAccess | undefined
}

export async function readAskedTrust(values: Values<typeof SOURCE_FLAGS>): Promise<AskedTrust> {
  if (values.trust !== undefined) {
    if (values.url !== undefined || values['token-file'] !== undefined) {
      throw usageFailure('--trust cannot be used together with --url and --token-file')
    }
    const { trust, file } = await readTrust(values.trust)
    return { trust, document: file.value, revision: null, complete: true, access: undefined }
  }
  if (values.url === undefined && values['token-file'] === undefined) {
    throw usageFailure('name a file with --trust, or a gateway with --url', ...hintGateways())
  }
  const access = await readAdminAccess(values)
  const { revision, document, problems } = await getTrust(access)
  const { trust } = compileStored(document, widestCeilings(access.url))
  if (trust === undefined) {
    throw refusal(`this release cannot use revision ${revision} of the trust document`)
  }
  if (problems.length > 0) sayStoredProblems(revision, problems)
  return { trust, document, revision, complete: problems.length === 0, access }
}
