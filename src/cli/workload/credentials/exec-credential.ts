/**
 * The protocol of credential plugins for kubectl and other Kubernetes clients: an `ExecCredential`
 * in the version that `KUBERNETES_EXEC_INFO` names.
 */
import { usageFailure } from '../../shell/failure.ts'
import { MAX_EXEC_INFO_CHARACTERS } from './limits.ts'

const GROUP = 'client.authentication.k8s.io'
const NEWEST = `${GROUP}/v1`
const VERSIONS = [NEWEST, `${GROUP}/v1beta1`]

/**
 * Returns the version to print. Without the variable, as in an interactive shell, it is the newest.
 */
export function readExecVersion(info: string | undefined): string {
  if (info === undefined || info === '') return NEWEST
  const { apiVersion, kind } = parseInfo(info)
  if (kind !== 'ExecCredential') {
    throw usageFailure('KUBERNETES_EXEC_INFO is not an ExecCredential')
  }
  const version = VERSIONS.find((name) => name === apiVersion)
  if (version === undefined) {
    throw usageFailure(
      'KUBERNETES_EXEC_INFO asks for a version that is not supported',
      `set apiVersion of the exec section to ${NEWEST}`,
    )
  }
  return version
}

function parseInfo(text: string): { readonly apiVersion?: unknown; readonly kind?: unknown } {
  try {
    const value: unknown = text.length > MAX_EXEC_INFO_CHARACTERS ? undefined : JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // The error below does not repeat the text.
  }
  throw usageFailure('KUBERNETES_EXEC_INFO is not a JSON object')
}

/** The client runs the plugin again after `expirationTimestamp`, or when the server answers 401. */
export function renderExecCredential(
  apiVersion: string,
  token: { readonly accessToken: string; readonly expiresAt: number },
): string {
  const expirationTimestamp = renderMoment(token.expiresAt)
  const status = { expirationTimestamp, token: token.accessToken }
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', status })
}

/** Renders a time by RFC 3339, in whole seconds. */
function renderMoment(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}
