/** The frame: what is on every page, and which page is at which address. */
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, Route, Switch, useLocation } from "wouter";

import { Choices } from "./shown/choices";
import { Waiting } from "./shown/shown";
import { SearchBox } from "./pages/search-box";
import { StartPage } from "./pages/start";
import { TxPage } from "./pages/tx";
import { BlockPage } from "./pages/block";

const AddressPage = lazy(() => import("./pages/address"));
const ClusterPage = lazy(() => import("./pages/cluster"));
const ClaimsPage = lazy(() => import("./pages/claims"));
const GraphPage = lazy(() => import("./graph/page"));
const DocumentsPage = lazy(() => import("./pages/documents"));
const DocumentPage = lazy(() => import("./pages/document"));
const NamePage = lazy(() => import("./pages/name"));
const ScreeningPage = lazy(() => import("./pages/screening"));
const CasesPage = lazy(() => import("./pages/cases"));
const SettingsPage = lazy(() => import("./pages/settings"));

const PLACES = [
  ["/", "nav.start"],
  ["/graph", "nav.graph"],
  ["/documents", "nav.documents"],
  ["/screening", "nav.screening"],
  ["/cases", "nav.cases"],
  ["/settings", "nav.settings"],
] as const;

export function Application() {
  const { t } = useTranslation();
  const [location] = useLocation();
  useEffect(() => {
    document.getElementById("main")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [location]);
  return (
    <>
      <a className="skip" href="#main" onClick={skip}>
        {t("nav.skip")}
      </a>
      <header className="frame-head">
        <Link href="/" className="brand">
          {t("brand")}
        </Link>
        <nav aria-label={t("nav.label")}>
          {PLACES.map(([place, name]) => (
            <Link key={place} href={place} aria-current={location === place ? "page" : undefined}>
              {t(name)}
            </Link>
          ))}
        </nav>
        <SearchBox />
        <Choices />
      </header>
      <main id="main" tabIndex={-1}>
        <Suspense fallback={<Waiting />}>
          <Pages />
        </Suspense>
      </main>
    </>
  );
}

/** Focus the page: the address's # is taken by the page that is looked at. */
function skip(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Pages() {
  const { t } = useTranslation();
  return (
    <Switch>
      <Route path="/" component={StartPage} />
      <Route path="/address/:address">{({ address }) => <AddressPage key={address} address={read(address)} />}</Route>
      <Route path="/cluster/:address">{({ address }) => <ClusterPage key={address} address={read(address)} />}</Route>
      <Route path="/claims/:subject">{({ subject }) => <ClaimsPage key={subject} subject={read(subject)} />}</Route>
      <Route path="/name/:name">{({ name }) => <NamePage key={name} name={read(name)} />}</Route>
      <Route path="/tx/:txid">{({ txid }) => <TxPage key={txid} txid={read(txid)} />}</Route>
      <Route path="/block/:block">{({ block }) => <BlockPage key={block} block={read(block)} />}</Route>
      <Route path="/graph">
        <GraphPage start={null} />
      </Route>
      <Route path="/graph/:address">{({ address }) => <GraphPage key={address} start={read(address)} />}</Route>
      <Route path="/documents" component={DocumentsPage} />
      <Route path="/document/:sha256">{({ sha256 }) => <DocumentPage key={sha256} sha256={sha256} />}</Route>
      <Route path="/screening" component={ScreeningPage} />
      <Route path="/cases" component={CasesPage} />
      <Route path="/settings" component={SettingsPage} />
      <Route>
        <h1>{t("no_page")}</h1>
      </Route>
    </Switch>
  );
}

/** A part of the address as it was written into it. */
function read(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
