/** The entries of a lint report, in every format: the compiler's problems and lint's findings. */
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import type { Finding } from '../lint/finding.ts'
import { isBlocking, lint, lintPolicy } from '../lint/lint.ts'
import type { CheckedTrust } from './check-trust.ts'
import { renderPath } from './places.ts'
import type { TrustFile } from './trust-file.ts'

export type Remark = {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `LINT-07`, `PROBE`, or the code of a compiler problem. */
  readonly id: string
  readonly severity: Finding['severity']
  readonly rule?: string
  readonly path: string
  readonly message: string
  readonly fix?: string
  readonly identity?: Finding['identity']
  /** The reason with which a rule accepts the finding. */
  readonly accepted?: string
  readonly isBlocking: boolean
}

/** Returns all remarks on one checked file, as of a time in epoch seconds. */
export function remarkOn(path: string, checked: CheckedTrust, at: number): readonly Remark[] {
  return remark(path, checked, (trust) => lint(trust, { at }))
}

/** Returns all remarks on one checked deploy-time policy, as of a time in epoch seconds. */
export function remarkOnPolicy(path: string, checked: CheckedTrust, at: number): readonly Remark[] {
  return remark(path, checked, (policy) => lintPolicy(policy, { at }))
}

function remark(
  path: string,
  checked: CheckedTrust,
  find: (trust: CompiledTrust) => readonly Finding[],
): readonly Remark[] {
  if (!checked.ok) {
    return checked.error.problems.map(({ line, column, code, message, path: place }) => ({
      file: path,
      line,
      column,
      id: code,
      severity: 'error',
      path: renderPath(place),
      message,
      isBlocking: true,
    }))
  }
  const { file, trust } = checked.value
  return find(trust).map((finding) => toRemark({ ...file, path }, finding))
}

export function toRemark(source: Pick<TrustFile, 'path' | 'locate'>, finding: Finding): Remark {
  const { lint: id, severity, rule, message, fix, identity, accepted } = finding
  return {
    file: source.path,
    ...source.locate(finding.path),
    id,
    severity,
    ...(rule === undefined ? {} : { rule }),
    path: renderPath(finding.path),
    message,
    fix,
    ...(identity === undefined ? {} : { identity }),
    ...(accepted === undefined ? {} : { accepted }),
    isBlocking: isBlocking(finding),
  }
}
