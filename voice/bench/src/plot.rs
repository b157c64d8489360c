//! Plots as SVG that are legible on light and on dark paper. Pure.

/// One line of a plot.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// Points, by x.
    pub points: Vec<(f64, f64)>,
}

/// A plot of lines.
#[derive(Debug, Clone)]
pub struct Plot {
    /// Above it.
    pub title: String,
    /// Below the horizontal axis, with its unit.
    pub x: String,
    /// Beside the vertical axis, with its unit.
    pub y: String,
    /// From where to where the vertical axis goes.
    pub y_range: (f64, f64),
    /// The lines, at most six.
    pub lines: Vec<Line>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 48.0;
/// Colours that stand apart from each other, from white and from black, also for most people who see fewer colours.
const COLOURS: [&str; 6] = [
    "#2f7ed8", "#d9730d", "#2a9d5c", "#b35cc9", "#c0392b", "#7a7a7a",
];
const DASHES: [&str; 6] = ["", "6 3", "2 3", "8 3 2 3", "1 4", "10 4"];

impl Plot {
    /// The picture.
    pub fn svg(&self) -> String {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let x_min = points().map(|(x, _)| *x).fold(f64::MAX, f64::min);
        let x_max = points().map(|(x, _)| *x).fold(f64::MIN, f64::max);
        if x_min > x_max {
            return String::new();
        }
        let (y_min, y_max) = self.y_range;
        let x_at = |x: f64| LEFT + (x - x_min) / (x_max - x_min).max(1e-9) * (WIDTH - LEFT - RIGHT);
        let y_at = |y: f64| {
            let y = y.clamp(y_min.min(y_max), y_max.max(y_min));
            HEIGHT - BOTTOM - (y - y_min) / (y_max - y_min).max(1e-9) * (HEIGHT - TOP - BOTTOM)
        };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
             <style>.ink{{fill:#1c1c1c}}.rule{{stroke:#1c1c1c}}.grid{{stroke:#1c1c1c;opacity:.15}}.paper{{fill:#ffffff}}\
             @media (prefers-color-scheme:dark){{.ink{{fill:#e8e8e8}}.rule{{stroke:#e8e8e8}}.grid{{stroke:#e8e8e8}}.paper{{fill:#16181c}}}}</style>\n\
             <rect class=\"paper\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n<text class=\"ink\" x=\"{LEFT}\" y=\"22\" font-size=\"14\" font-weight=\"600\">{}</text>\n",
            escaped(&self.title),
            escaped(&self.title)
        );
        for step in 0..=5 {
            let part = f64::from(step) / 5.0;
            let (x, y) = (
                x_min + (x_max - x_min) * part,
                y_min + (y_max - y_min) * part,
            );
            svg.push_str(&format!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>\n<text class=\"ink\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n\
                 <text class=\"ink\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
                WIDTH - RIGHT, y_at(y), y_at(y), LEFT - 6.0, y_at(y) + 4.0, number(y), x_at(x), HEIGHT - BOTTOM + 18.0, number(x)
            ));
        }
        svg.push_str(&format!(
            "<line class=\"rule\" x1=\"{LEFT}\" x2=\"{LEFT}\" y1=\"{TOP}\" y2=\"{}\"/><line class=\"rule\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>\n\
             <text class=\"ink\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n<text class=\"ink\" transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
            HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, HEIGHT - BOTTOM, f64::midpoint(LEFT, WIDTH - RIGHT), HEIGHT - 10.0, escaped(&self.x),
            f64::midpoint(TOP, HEIGHT - BOTTOM), escaped(&self.y)
        ));
        for ((n, line), (colour, dash)) in (0_u8..).zip(&self.lines).zip(COLOURS.iter().zip(DASHES))
        {
            let path: Vec<String> = line
                .points
                .iter()
                .map(|(x, y)| format!("{:.1},{:.1}", x_at(*x), y_at(*y)))
                .collect();
            let y = TOP + 8.0 + f64::from(n) * 18.0;
            svg.push_str(&format!(
                "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\" points=\"{}\"/>\n\
                 <line stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"ink\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
                path.join(" "), WIDTH - RIGHT + 8.0, WIDTH - RIGHT + 30.0, WIDTH - RIGHT + 34.0, y + 4.0, escaped(&line.name)
            ));
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn number(value: f64) -> String {
    if value.fract().abs() < 0.005 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_shows_every_line_and_nothing_leaves_its_frame() {
        let plot = Plot {
            title: "a < b".to_owned(),
            x: "dB".to_owned(),
            y: "share".to_owned(),
            y_range: (0.0, 1.0),
            lines: vec![
                Line {
                    name: "one".to_owned(),
                    points: vec![(0.0, 0.0), (20.0, 7.0)],
                },
                Line {
                    name: "two".to_owned(),
                    points: vec![(5.0, 0.5)],
                },
            ],
        };

        let svg = plot.svg();

        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains("a &lt; b") && svg.contains("prefers-color-scheme:dark"));
        // The value beyond the axis stands at its upper end.
        assert!(svg.contains("490.0,40.0"), "{svg}");
    }

    #[test]
    fn a_plot_of_nothing_is_nothing() {
        let plot = Plot {
            title: String::new(),
            x: String::new(),
            y: String::new(),
            y_range: (0.0, 1.0),
            lines: Vec::new(),
        };

        assert_eq!(plot.svg(), "");
    }
}
