import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The policy of the pages forbids inline scripts, inline styles and data: addresses; so nothing is inlined.
export default defineConfig({
  plugins: [react()],
  base: "/",
  build: {
    outDir: "../src/qaif/web/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8730" } },
});
