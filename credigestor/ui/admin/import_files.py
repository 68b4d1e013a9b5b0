"""What may be brought in: in words, and as templates to fill in."""

from __future__ import annotations

import streamlit as st

from credigestor.imports import templates
from credigestor.ui.kit import messages


def explain(most: int) -> None:
    """What files of so many MB may look like, and examples to fill in."""
    with st.expander("Como podem ser os arquivos"):
        st.markdown(
            "Uma planilha (Excel ou LibreOffice) ou arquivos CSV, com uma linha por cliente, por "
            "venda, por parcela ou por pagamento, ou só com o que cada cliente deve. Pode ser "
            "tudo numa planilha só, ou em várias abas e arquivos. Os nomes das colunas são "
            "reconhecidos, e você confere e muda o que quiser antes de importar. O que já foi "
            "importado não entra de novo."
        )
        st.markdown(
            f"Cada arquivo pode ter até {most} MB. Os maiores entram pela linha de comando: "
            "`python -m credigestor import ARQUIVO…`."
        )
        st.markdown("Modelos com dois exemplos, para preencher:")
        for template in templates.TEMPLATES:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(messages.plain(template.title))
                for kind, make in (("CSV", template.as_csv), ("XLSX", template.as_xlsx)):
                    st.download_button(
                        kind,
                        make,
                        f"{template.name}.{kind.lower()}",
                        on_click="ignore",
                        icon=":material/download:",
                        key=f"import-template-{template.name}-{kind}",
                        help=f"{template.title} ({kind})",
                    )
