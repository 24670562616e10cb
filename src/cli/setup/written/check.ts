/**
 * Checks what `init` is about to write, with the compiler, the linter and the fixtures that users have.
 * An answer can be valid alone and refused as part of a document.
 */
import { type Finding, isBlocking, lint } from '../../../analysis/index.ts'
import {
  lintPolicy,
  parseTrustFile,
  renderPath,
  widestCeilings,
} from '../../../analysis/source/in-house.ts'
import { compileTrust } from '../../../core/policy/compile/compile.ts'
import { readSettings } from '../../../core/settings.ts'
import { usageFailure } from '../../shell/failure.ts'
import type { Answers } from '../answers.ts'
import { POLICY_FILE, renderPolicy } from './policy.ts'
import { renderTrust, TRUST_FILE } from './trust.ts'

/** Throws a usage failure. `at`: epoch seconds. */
export function checkWritten(answers: Answers, at: number): void {
  checkPolicy(answers, at)
  const read = parseTrustFile(TRUST_FILE, new TextEncoder().encode(renderTrust(answers)))
  if (!read.ok) throw refuse(TRUST_FILE, read.error[0]?.message)
  const compiled = compileTrust(read.value.value, widestCeilings(answers.issuer), { admitAt: at })
  if ('problems' in compiled) {
    const [problem] = compiled.problems
    throw refuse(TRUST_FILE, `${renderPath(problem?.path ?? [])}: ${problem?.message}`)
  }
  refuseFindings(TRUST_FILE, lint(compiled.trust, { at }))
}

function refuseFindings(file: string, findings: readonly Finding[]): void {
  const [finding] = findings.filter(isBlocking)
  if (finding !== undefined) throw refuse(file, `${finding.lint}: ${finding.message}`)
}

function checkPolicy(answers: Answers, at: number): void {
  const settings = readSettings({
    ISSUER: answers.issuer,
    BOOTSTRAP_TRUST: renderPolicy(answers),
  })
  if (settings.ok) {
    const { policy } = settings.value
    const findings = policy === undefined ? [] : lintPolicy(policy, { at })
    refuseFindings(POLICY_FILE, findings)
    return
  }
  const [problem] = settings.error
  const file = problem?.variable === 'ISSUER' ? '--issuer' : POLICY_FILE
  throw refuse(file, problem?.message)
}

function refuse(file: string, message: string | undefined) {
  return usageFailure(
    `with these answers ${file} would be refused: ${message}; nothing was written`,
  )
}
