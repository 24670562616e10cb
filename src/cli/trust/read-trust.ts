/**
 * Reads and compiles the trust document of a command. A document with problems ends the command.
 */

import { placeProblems, type TrustFile, widestCeilings } from '../../analysis/source/in-house.ts'
import { compileTrust } from '../../core/policy/compile/compile.ts'
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { refusal } from '../shell/failure.ts'
import { sayProblems } from './problems.ts'
import { readTrustFile } from './read-trust-file.ts'

const ANY_GATEWAY = 'https://sts.example.com'

export type ReadTrust = { readonly trust: CompiledTrust; readonly file: TrustFile }

/**
 * Throws a refusal if the document has problems. Accepts expired rules, because the evaluator
 * reports them.
 */
export async function readTrust(path: string): Promise<ReadTrust> {
  const read = await readTrustFile(path)
  if (!read.ok) {
    sayProblems(path, read.error)
    throw refusal('the trust file is refused')
  }
  const compiled = compileTrust(read.value.value, widestCeilings(ANY_GATEWAY))
  if ('problems' in compiled) {
    sayProblems(path, placeProblems(read.value, compiled.problems))
    throw refusal('the trust file is refused')
  }
  return { trust: compiled.trust, file: read.value }
}
