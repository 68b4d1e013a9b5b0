"""The script of every run: who is there, what they may open, and only then the page."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import streamlit as st

from credigestor import metrics
from credigestor.db.engine import transaction
from credigestor.db.settings import current_settings
from credigestor.errors import DatabaseAway
from credigestor.rules.permissions import ROLE_NAMES, Actor, Permission
from credigestor.services.auth import was_login
from credigestor.services.users import has_users
from credigestor.ui.app import first_run, login, no_page, phone_bar
from credigestor.ui.app.menu import menu
from credigestor.ui.app.menu_search import KEYS, menu_search
from credigestor.ui.kit import address, data, session, waiting
from credigestor.ui.kit.navigation import PAGES, PageSpec, page
from credigestor.web import page_runs, startup

#: A file's own data: an icon by name would be fetched from another site.
ICON = "data:image/svg+xml," + quote(
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' "
    "rx='7' fill='#0b6e69'/><path d='M22 11a8 8 0 1 0 0 10' fill='none' stroke='#fff' "
    "stroke-width='4' stroke-linecap='round'/></svg>"
)

#: Whether this session's browser was told the icon and the width.
_DRESSED = "dressed"
_PERMISSIONS = {spec.url_path: spec.permission for spec in PAGES} | {"": PAGES[0].permission}


def main() -> None:
    """Run the page asked for; while the database is away, wait for it, and run it then."""
    try:
        with page_runs.run(), data.settings_once():
            page_asked_for()
    except DatabaseAway as error:
        if error.unknown:
            raise
        waiting.tell_and_wait(error)
        st.rerun()


def page_asked_for() -> None:
    """Register every page, whoever asks, and run the one asked for if this person may see it."""
    if _DRESSED not in st.session_state:  # a browser keeps it, and an icon is drawn at each telling
        st.set_page_config("CrediGestor", ICON, layout="wide")
        st.session_state[_DRESSED] = True
    startup.prepare()
    actor = session.current()
    chosen = st.navigation(menu(actor), position="sidebar" if actor else "hidden", expanded=True)
    if actor is None:
        st.set_page_config(page_title="CrediGestor")
        _greet_stranger()
        return
    _sidebar(actor, chosen.url_path)
    phone_bar.show(actor, chosen.url_path)
    if not actor.can(_PERMISSIONS.get(chosen.url_path, Permission.COUNTER)):
        no_page.refused()
    st.set_page_config(page_title=f"{chosen.title} · CrediGestor")
    address.arrive(chosen.url_path)
    with session.handing_on(actor), metrics.run_of(chosen.url_path or PAGES[0].url_path):
        chosen.run()


def _greet_stranger() -> None:
    founded, shop = _front()
    if not founded:
        _front.clear()  # the next one may find a shop
    if first_run.unfinished() or not founded:
        first_run.page()
    elif _was_logged_in():
        # This connection's cookie may not be the browser's any more: load the page anew.
        session.leave_for(f"/entrar?next={quote(session.here(), safe='')}")
    else:
        login.page(shop)


@st.cache_data(ttl=data.CACHE_SECONDS, show_spinner=False)
def _front() -> tuple[bool, str]:
    """Whether the shop is there, and its name: all that strangers are told, from one read."""
    return data.read(lambda db: (has_users(db), current_settings(db).shop_name))


def _was_logged_in() -> bool:
    token = session.user_token()
    if token is None or session.is_stranger():
        return False
    with transaction() as db:
        return was_login(db, token=token)


def _sidebar(actor: Actor, page_path: str) -> None:
    with st.sidebar:
        menu_search(actor, page_path)
        shop = data.settings().shop_name
        if shop:
            st.html(_shop_name(shop))
        # One text for all pages, which a browser that shows it does not draw again.
        st.html(
            f'<div class="cg-who"><p class="cg-keys">{KEYS}</p>'
            f"<p><strong>{escape(actor.name)}</strong><br>{ROLE_NAMES[actor.role]}</p></div>"
        )
        account: PageSpec = page("counter/account.py")
        st.page_link(account.path, label=account.title, icon=f":material/{account.icon}:")
        if st.button("Sair", icon=":material/logout:", width="stretch", key="sign_out"):
            session.leave_for("/sair")


def _shop_name(name: str) -> str:
    """A style that writes the shop's name above the menu, which no Streamlit call can reach."""
    text = "".join(f"\\{ord(char):06x}" for char in name)
    return (
        f"<style>[data-testid='stSidebarNav']::before{{content:'{text}';display:block;"
        "font-weight:600;font-size:1.1rem;padding-bottom:.75rem;overflow-wrap:anywhere}</style>"
    )


main()
