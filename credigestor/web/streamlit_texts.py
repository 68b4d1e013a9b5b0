"""Streamlit's built-in English, for which it has no setting, and what the page shows instead.

Read from the frontend of Streamlit 1.67 (`static/js`); a test finds each text there, so that an
upgrade which rewords one is noticed. Only whole texts are matched.
"""

from __future__ import annotations

WORDS: dict[str, str] = {
    # Inputs and forms
    "Press Enter to apply": "Enter aplica",
    "Press Enter to submit form": "Enter envia o formulário",
    "Press Ctrl+Enter to apply": "Ctrl+Enter aplica",
    "Press Ctrl+Enter to submit form": "Ctrl+Enter envia o formulário",
    "Press ⌘+Enter to apply": "⌘+Enter aplica",
    "Press ⌘+Enter to submit form": "⌘+Enter envia o formulário",
    "This field is required.": "Preencha este campo.",
    "Invalid input.": "Valor inválido.",
    "Show password": "Mostrar a senha",
    "Hide password": "Esconder a senha",
    "Clear entry": "Limpar",
    "Clear value": "Limpar",
    "Clear all": "Limpar tudo",
    "Open": "Abrir",
    "Select all": "Selecionar tudo",
    "Select...": "Escolher…",
    "Choose an option": "Escolha uma opção",
    "Choose options": "Escolha opções",
    "Choose or add an option": "Escolha ou escreva uma opção",
    "Choose or add options": "Escolha ou escreva opções",
    "Add an option": "Escreva uma opção",
    "Add options": "Escreva opções",
    "No results": "Nada encontrado",
    "No options": "Nenhuma opção",
    "No options to select": "Nenhuma opção",
    "No options to select.": "Nenhuma opção.",
    "Selected values": "Valores escolhidos",
    "Help": "Ajuda",
    # Dates and times
    "yyyy": "aaaa",
    "Empty": "vazio",
    "Previous month": "Mês anterior",
    "Next month": "Próximo mês",
    "Choose date": "Escolher a data",
    "Choose date range": "Escolher o período",
    "Choose date and time": "Escolher data e hora",
    "Clear date": "Limpar a data",
    "Clear dates": "Limpar as datas",
    "Clear time": "Limpar a hora",
    "Clear date and time": "Limpar data e hora",
    "Date range": "Período",
    "Quick select a date range": "Escolher um período pronto",
    "Past Week": "Última semana",
    "Past Month": "Último mês",
    "Past 3 Months": "Últimos 3 meses",
    "Past 6 Months": "Últimos 6 meses",
    "Past Year": "Último ano",
    "Past 2 Years": "Últimos 2 anos",
    "Calendar": "Calendário",
    "Previous": "Anterior",
    "Next": "Próximo",
    "Start Date": "Data inicial",
    "End Date": "Data final",
    "Selected date unavailable.": "Data indisponível.",
    "Start date must be before end date.": "A data inicial deve vir antes da final.",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.": (
        "Use as setas para mudar de data, Enter para escolher e Esc para fechar."
    ),
    # Files
    "Upload": "Enviar",
    "file upload": "Enviar arquivo",
    "Add files": "Acrescentar arquivos",
    "Drag and drop a file here": "Arraste um arquivo até aqui",
    "Drag and drop files here": "Arraste arquivos até aqui",
    "Drag and drop directories here": "Arraste pastas até aqui",
    "Only one file is allowed.": "Só um arquivo de cada vez.",
    "Too many files": "Arquivos demais",
    "Upload failed": "O envio falhou",
    "Click to retry upload": "Clique para enviar de novo",
    "Unexpected error. Please try again.": "Erro inesperado. Tente de novo.",
    "Download failed": "O download falhou",
    "Failed to generate file for download": "Não foi possível gerar o arquivo",
    # Tables and charts
    "Download as CSV": "Baixar em CSV",
    "Download as PNG": "Baixar como imagem",
    "Copy Vega-Lite spec": "Copiar a definição do gráfico",
    "Vega visualization": "Gráfico",
    "Copy to clipboard": "Copiar",
    "Copied": "Copiado",
    "Copied!": "Copiado!",
    "Show/hide columns": "Mostrar ou esconder colunas",
    "Search": "Buscar",
    "Type to search": "Digite para buscar",
    "Close Search": "Fechar a busca",
    "Previous Result": "Resultado anterior",
    "Next Result": "Próximo resultado",
    "Sort ascending": "Ordem crescente",
    "Sort descending": "Ordem decrescente",
    "Pin column": "Fixar coluna",
    "Unpin column": "Soltar coluna",
    "Hide column": "Esconder coluna",
    "Copy column name": "Copiar o nome da coluna",
    "Dataframe column menu": "Menu da coluna",
    "Clear selection": "Limpar a seleção",
    "Add row": "Nova linha",
    "Delete row(s)": "Apagar linhas",
    "Format": "Formato",
    "Statistics": "Estatísticas",
    "Scrollable table": "Tabela com rolagem",
    "Failed to load data": "Não foi possível carregar os dados",
    "Show data": "Mostrar os dados",
    "Show chart": "Mostrar o gráfico",
    "Fullscreen": "Tela cheia",
    "Close fullscreen": "Sair da tela cheia",
    "Previous page": "Página anterior",
    "Next page": "Próxima página",
    "Pagination": "Paginação",
    # Around the page
    "Link to heading": "Endereço deste título",
    "Skip to main content": "Ir para o conteúdo",
    "App pages": "Páginas",
    "Sidebar": "Barra lateral",
    "Collapse sidebar": "Recolher a barra lateral",
    "Expand sidebar": "Abrir a barra lateral",
    "Main menu": "Menu principal",
    "View less": "Ver menos",
    "view less": "ver menos",
    "view more": "ver mais",
    "Close": "Fechar",
    "Cancel": "Cancelar",
    "Dismiss": "Fechar",
    "Notifications": "Avisos",
    "Scroll tabs left": "Rolar as abas para a esquerda",
    "Scroll tabs right": "Rolar as abas para a direita",
    "Settings": "Preferências",
    "Theme": "Tema",
    "Light": "Claro",
    "Dark": "Escuro",
    "System": "Do sistema",
    "Use system setting": "Como no sistema",
    "Print": "Imprimir",
    "Rerun": "Executar de novo",
    "Always rerun": "Executar sempre",
    "Stop": "Parar",
    "Stopping...": "Parando…",
    "Running...": "Trabalhando…",
    "Connecting": "Conectando",
    "Connection error": "Sem conexão",
    "Reconnected to server.": "Conexão refeita.",
    "Page not found": "Página não encontrada",
    "Error": "Erro",
    "Error:": "Erro:",
    "Retry": "Tentar de novo",
    "Try again": "Tentar de novo",
}

#: Whole sentences that nobody but Streamlit writes: changed even inside Markdown.
SENTENCES: dict[str, str] = {
    "The page that you have requested does not seem to exist. Running the app's main page.": (
        "O endereço digitado não existe. Aqui está a página inicial."
    ),
    "Streamlit server is not responding. Are you connected to the internet?": (
        "O CrediGestor não responde. Verifique a conexão com a rede."
    ),
    "Connection timed out.": "O CrediGestor demorou demais para responder.",
    "Unable to connect to Streamlit server": "Não foi possível falar com o CrediGestor",
    "Connection lost. Please wait for the app to reconnect, then try again.": (
        "A conexão caiu. Espere que ela volte e tente de novo."
    ),
}

#: What a screen reader calls the parts of a chart (`aria-roledescription`, and no other text).
ROLES: dict[str, str] = {
    "visualization": "gráfico",
    "axis": "eixo",
    "legend": "legenda",
    "bar": "barra",
    "point": "ponto",
    **{
        f"{kind} mark{container}": "partes do gráfico" if container else part
        for kind, part in (
            *(("group", "grupo"), ("rect", "marca"), ("symbol", "ponto"), ("line", "linha")),
            *(("area", "área"), ("text", "texto"), ("rule", "linha")),
        )
        for container in ("", " container")
    },
}

_MONTHS = {
    "January": "janeiro",
    "February": "fevereiro",
    "March": "março",
    "April": "abril",
    "May": "maio",
    "June": "junho",
    "July": "julho",
    "August": "agosto",
    "September": "setembro",
    "October": "outubro",
    "November": "novembro",
    "December": "dezembro",
}
_DAYS = {
    "Sunday": "domingo",
    "Monday": "segunda-feira",
    "Tuesday": "terça-feira",
    "Wednesday": "quarta-feira",
    "Thursday": "quinta-feira",
    "Friday": "sexta-feira",
    "Saturday": "sábado",
}

#: The buttons over a table or chart add its title: "Show data: Vendas por mês".
_TOOLBAR = (
    "Show data",
    "Show chart",
    "Download as CSV",
    "Download as PNG",
    "Copy Vega-Lite spec",
    "Copy to clipboard",
    "Show/hide columns",
    "Add row",
    "Delete row(s)",
    "Search",
    "Fullscreen",
    "Close fullscreen",
)
#: The parts of a date input, as a screen reader says them: "year, Vencimento".
_DATE_PARTS = {"day": "dia", "month": "mês", "year": "ano"}

#: Regular expressions of JavaScript, anchored at both ends, and what replaces them.
PATTERNS: list[tuple[str, str]] = [
    (r"(\d+)([KMGT]?B) per file", "Até $1 $2 por arquivo"),
    (r"(\d+)([KMGT]?B) per file • (.+)", "Até $1 $2 por arquivo • $3"),
    (r"(\d+)\.(\d+)([KMGT]?B)", "$1,$2 $3"),
    (r"View (\d+) more", "Ver mais $1"),
    (r"Help for (.+)", "Ajuda: $1"),
    (r"Remove (.+)", "Remover $1"),
    (r"Cancel upload of (.+)", "Cancelar o envio de $1"),
    (r"(\S+) files are not allowed\.", "Arquivos do tipo $1 não são aceitos."),
    (r"File must be (\d+)(?:\.0)?([KMGT]?B) or smaller\.", "O arquivo pode ter no máximo $1 $2."),
    (r"You can only select up to (\d+) options?\. Remove an option first\.", "No máximo $1."),
    (r"Request failed with status code \d+", "O servidor não aceitou o arquivo."),
    (r"Page (\d+)", "Página $1"),
    *(
        (rf"Error: Date set outside allowed range\. Please select a date {en}\.", f"{pt}.")
        for en, pt in (
            (r"on or before (\S+)", "Data fora do período aceito: escolha uma até $1"),
            (r"on or after (\S+)", "Data fora do período aceito: escolha uma a partir de $1"),
            (r"between (\S+) and (\S+)", "Data fora do período aceito: escolha de $1 a $2"),
        )
    ),
    (r"Choose date, (.+)", "Escolher a data, $1"),
    *((f"{name}: (.+)", f"{WORDS[name]}: $1") for name in _TOOLBAR),
    *((f"{part}, (.+)", f"{parte}, $1") for part, parte in _DATE_PARTS.items()),
    *((rf"(\d+) – {en}", f"$1 – {pt}") for en, pt in _MONTHS.items()),
    *(
        (rf"Selected Date: {en} (\d+), (\d{{4}})", f"Data escolhida: $1 de {pt} de $2")
        for en, pt in _MONTHS.items()
    ),
    *((rf"{en} (\d{{4}})", rf"{pt} de $1") for en, pt in _MONTHS.items()),
    *(
        (rf"(?:Today, )?{day}, {month} (\d+), (\d{{4}})( selected)?", rf"{dia}, $1 de {mes} de $2")
        for day, dia in _DAYS.items()
        for month, mes in _MONTHS.items()
    ),
]
