/** publint checks the manifest as bundlers and runtimes read it. */
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { expect, test } from 'vitest'
import { root } from './support/project.ts'

test('publint reports no error, warning or suggestion', async () => {
  const { messages, pkg } = await publint({ pkgDir: root, strict: true, pack: 'npm' })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
})
