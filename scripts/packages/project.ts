/** An empty project outside the repository, with packages installed by npm. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'

export class Project {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** @param packages - what `npm install` understands: names with ranges, paths of tarballs */
  static async create(folder: string, packages: string[]): Promise<Project> {
    const project = await Project.empty(folder)
    await project.install(packages)
    return project
  }

  /** @param manifest - what its package.json says besides */
  static async empty(folder: string, manifest: object = {}): Promise<Project> {
    await mkdir(folder, { recursive: true })
    const project = new Project(folder)
    await project.write('package.json', JSON.stringify({ name: 'project', private: true, type: 'module', ...manifest }))
    return project
  }

  async install(packages: string[]): Promise<void> {
    await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages], this.folder)
  }

  async write(file: string, content: string): Promise<void> {
    await writeFile(join(this.folder, file), content)
  }

  async run(program: string, args: string[], env: Record<string, string> = {}): Promise<string> {
    return await run(program, args, this.folder, env)
  }

  /** Checks the types of a file, strictly. */
  async compile(options: object, file: string): Promise<void> {
    const lib = ['ES2024', 'DOM']
    const compilerOptions = { target: 'ES2024', lib, types: ['node'], strict: true, noEmit: true, ...options }
    await this.write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }))
    await this.run('npx', ['tsc', '-p', '.'])
  }

  /** Where each installed package lies, `node_modules/a/node_modules/b`. */
  async installed(): Promise<string[]> {
    const lock = JSON.parse(await readFile(join(this.folder, 'node_modules/.package-lock.json'), 'utf8'))
    return Object.keys(lock.packages)
  }

  /** Size of installed packages, each without what is installed inside it. */
  async kilobytes(paths: string[]): Promise<number> {
    const sizes = await Promise.all(paths.map(async path => await bytesIn(join(this.folder, path))))
    return Math.round(sum(sizes) / 1_000)
  }
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true })
  const sizes = entries.map(async entry => {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) return (await stat(path)).size
    return entry.name === 'node_modules' ? 0 : await bytesIn(path)
  })
  return sum(await Promise.all(sizes))
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
