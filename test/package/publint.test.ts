/** What publint, which knows how bundlers and runtimes read a manifest, says of the package. */
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { expect, test } from 'vitest'
import { root } from './support/project.ts'

test('publint finds no error, no warning and nothing to suggest', async () => {
  const { messages, pkg } = await publint({ pkgDir: root, strict: true, pack: 'npm' })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
})
