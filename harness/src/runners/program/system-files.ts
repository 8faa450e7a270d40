/** The Node that runs the harness, and the libraries that it has loaded: by path in an image, the file of this host. */
export function systemFiles(): Record<string, string> {
  const report = process.report.getReport() as unknown as { sharedObjects: string[] }
  // Not the kernel's own, which is no file, and no addon of a package.
  const libraries = report.sharedObjects.filter(path => path.startsWith('/') && !path.endsWith('.node'))
  return { '/usr/bin/node': process.execPath, ...Object.fromEntries(libraries.map(path => [path, path])) }
}
