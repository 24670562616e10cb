/**
 * What each form of output is made of: files, variables of the job, outputs of the step, and what
 * else must be masked. Nothing is written here.
 */
import { join, resolve } from 'node:path'
import { renderDocker } from './forms/docker.ts'
import { renderGitCredential } from './forms/git-credential.ts'
import { renderNetrc } from './forms/netrc.ts'
import { renderNpmrc } from './forms/npmrc.ts'
import type { DeliveryOrder, Environment } from './inputs.ts'

export type PlannedFile = { readonly path: string; readonly content: string }

export type Delivery = {
  /** The first is the one that the step announces. */
  readonly files?: readonly PlannedFile[]
  /** For the later steps of the job. */
  readonly variables?: Readonly<Record<string, string>>
  /** Other spellings of the token. */
  readonly masks?: readonly string[]
  readonly isStepOutput?: true
}

export type Delivered = {
  readonly token: string
  /** Of this step alone; in it a form may use its own name. */
  readonly directory: string
  readonly environment: Environment
}

export function renderDelivery(order: DeliveryOrder, delivered: Delivered): Delivery {
  const { token, directory } = delivered
  switch (order.form) {
    case 'output':
      return { isStepOutput: true }
    case 'env':
      return { variables: { [order.name]: token } }
    case 'file':
      return { files: [{ path: resolve(order.path ?? join(directory, 'token')), content: token }] }
    case 'netrc':
      return renderNetrc(order, delivered)
    case 'npmrc':
      return renderNpmrc(order, delivered)
    case 'docker':
      return renderDocker(order, delivered)
    case 'git-credential':
      return renderGitCredential(order, delivered)
  }
}
