/** `edgemint credential kubectl`: an exec credential plugin of Kubernetes' clients. */

import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { print } from '../../shell/output.ts'
import { readExecVersion, renderExecCredential } from '../credentials/exec-credential.ts'
import { issueToken } from '../credentials/issue.ts'
import { TOKEN_USAGE } from '../credentials/token-usage.ts'
import { checkTokenOutput } from '../issued-output.ts'
import { WORKLOAD_FLAGS } from '../workload.ts'

export const usage = `Usage: edgemint credential kubectl [FLAGS]

Prints an ExecCredential for kubectl and other clients of Kubernetes, in the version that
KUBERNETES_EXEC_INFO asks for: v1 or v1beta1.

  --print             print the token even to a terminal

${TOKEN_USAGE}

Example:
  npx edgemint credential kubectl --url https://sts.example.com --resource https://k8s.example.com`

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, { ...WORKLOAD_FLAGS, print: { type: 'boolean' } })
  const apiVersion = readExecVersion(process.env.KUBERNETES_EXEC_INFO)
  checkTokenOutput(values)
  print(renderExecCredential(apiVersion, await issueToken(values)))
  return EXIT_CODES.done
}
