/** Bundles one program; `externals` are the imports that stay outside of the file. */
export function bundle(entry: string, outfile: string): Promise<{ bytes: number; externals: readonly string[] }>;

/** The package.json beside the bundle on a box. */
export function boxManifest(): { version: string; dependencies: Record<string, string> };
