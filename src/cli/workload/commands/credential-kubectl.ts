/** `edgemint credential kubectl`: an exec credential plugin for Kubernetes clients. */

import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { currentIo } from '../../shell/io.ts'
import { print } from '../../shell/output.ts'
import { readExecVersion, renderExecCredential } from '../credentials/exec-credential.ts'
import { issueToken } from '../credentials/issue.ts'
import { checkTokenOutput, PRINT_FLAG } from '../issued-output.ts'
import { HELPER_FLAGS } from '../workload.ts'

export const command = {
  synopsis: '[FLAGS]',
  about: `Prints an ExecCredential for kubectl and other Kubernetes clients, in the version that
KUBERNETES_EXEC_INFO names: v1 or v1beta1.`,
  flags: { ...PRINT_FLAG, ...HELPER_FLAGS },
  example:
    'npx edgemint credential kubectl --url https://sts.example.com --resource https://k8s.example.com',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const apiVersion = readExecVersion(currentIo().environment.KUBERNETES_EXEC_INFO)
  checkTokenOutput(values)
  print(renderExecCredential(apiVersion, await issueToken(values)))
  return EXIT_CODES.done
}
