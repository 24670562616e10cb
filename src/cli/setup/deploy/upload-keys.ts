/** `edgemint init --put`: uploads the signing keys at once, each as a secret, and removes their file. */
import { refusal } from '../../shell/failure.ts'
import { say } from '../../shell/output.ts'
import { readKeyFile, removeKeyFile } from '../folder/signing-keys.ts'
import { runWrangler } from './wrangler.ts'

/** Throws a refusal if wrangler does not store a key. The file is then kept. */
export async function putKeys(folder: string): Promise<void> {
  const keys = readKeyFile(folder)
  if (keys === undefined) {
    say('the signing keys are uploaded already')
    return
  }
  for (const [name, jwk] of Object.entries(keys)) {
    const { exitCode } = await runWrangler(folder, ['secret', 'put', name], {
      input: jwk,
      isShown: true,
    })
    if (exitCode !== 0) {
      throw refusal(
        `wrangler did not store ${name}: it ended with ${exitCode}; the keys are kept in their file`,
        'log in with npx wrangler login, then run npx edgemint init --put again',
      )
    }
  }
  removeKeyFile(folder)
  say('uploaded the signing keys, and removed their file')
}
