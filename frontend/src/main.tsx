import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles.css";
import "./frame.css";
import "./pages.css";

import { DirectionProvider, MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";

import { Application } from "./application";
import { startLanguages } from "./i18n";
import { ReaderProvider } from "./shown/reader";
import { SessionProvider } from "./shown/session";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
startLanguages();

// No style element is made (withGlobalClasses, withCssVariables): the policy of the pages takes style from files alone.
// What is looked at stands behind the # of the address, which no browser sends to a server.
createRoot(root).render(
  <StrictMode>
    <DirectionProvider>
      <MantineProvider forceColorScheme="light" withGlobalClasses={false} withCssVariables={false}>
        <ReaderProvider>
          <SessionProvider>
            <Router hook={useHashLocation}>
              <Application />
            </Router>
          </SessionProvider>
        </ReaderProvider>
      </MantineProvider>
    </DirectionProvider>
  </StrictMode>,
);
