// How the workbench is built and tested. The built page carries a mark where the server puts a
// fresh nonce into each answer, so that the page's policy can forbid every other style and script.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = `http://127.0.0.1:${process.env.PORT ?? '8080'}`;

export default defineConfig({
  plugins: [react()],
  resolve: { tsconfigPaths: true },
  html: { cspNonce: 'SUMUN_NONCE' },
  build: {
    target: 'es2023',
    manifest: true,
    // The server compresses nothing by itself: `scripts/compress.mjs` does it after the build.
    reportCompressedSize: false,
    // A file within a style sheet would need a policy that allows `data:` fonts.
    assetsInlineLimit: 0,
  },
  // The guard takes only requests whose origin is the server's own.
  server: {
    proxy: {
      '/api': {
        target: server,
        configure: (proxy) =>
          proxy.on('proxyReq', (request) => {
            request.setHeader('host', new URL(server).host);
            if (request.getHeader('origin')) request.setHeader('origin', server);
          }),
      },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/app/testing.tsx'],
  },
});
